/**
 * The members of a module under the labels of the program, which need not be names in Python, and
 * may be names that `nn.Module` itself has: `half` would be found as its method.
 */
import { identifier } from "./python.ts";

export type MemberKind = "module" | "parameter";

/** Where modules keep their members, whatever these are called. */
const TABLES: Readonly<Record<MemberKind, string>> = {
  module: "_modules",
  parameter: "_parameters",
};

const ADDERS: Readonly<Record<MemberKind, string>> = {
  module: "add_module",
  parameter: "register_parameter",
};

const GETTERS: Readonly<Record<MemberKind, string>> = {
  module: "get_submodule",
  parameter: "get_parameter",
};

/** A statement that makes a member. @param local its labels joined by dots */
export function definition(local: string, kind: MemberKind, value: string): string {
  const labels = local.split(".");
  if (labels.every(isAttribute)) return `self.${local} = ${value}`;
  const [last] = labels.slice(-1);
  const holder = labels.length === 1 ? "self" : memberText(labels.slice(0, -1).join("."));
  return RESERVED.has(last)
    ? `${holder}.${TABLES[kind]}["${last}"] = ${value}`
    : `${holder}.${ADDERS[kind]}("${last}", ${value})`;
}

/** `self.conv1`, and for what is no attribute `self.get_submodule("0")`. */
export function memberText(local: string, kind: MemberKind = "module"): string {
  const labels = local.split(".");
  if (labels.every(isAttribute)) return `self.${local}`;
  // What looks members up by their labels finds methods before them.
  if (!labels.some((label) => RESERVED.has(label))) return `self.${GETTERS[kind]}("${local}")`;
  const steps = labels.map((label, at) => {
    const table = TABLES[at === labels.length - 1 ? kind : "module"];
    return isAttribute(label) ? `.${label}` : `.${table}["${label}"]`;
  });
  return `self${steps.join("")}`;
}

function isAttribute(label: string): boolean {
  return identifier(label) !== undefined && !RESERVED.has(label);
}

/** Attributes of `torch.nn.Module`: all of PyTorch 1.13, and what later versions added. */
const RESERVED: ReadonlySet<string> = new Set(
  `T_destination add_module apply bfloat16 buffers call_super_init children compile cpu cuda double
   dump_patches eval extra_repr float forward get_buffer get_extra_state get_parameter get_submodule
   half ipu load_state_dict modules mtia named_buffers named_children named_modules named_parameters
   parameters register_backward_hook register_buffer register_forward_hook
   register_forward_pre_hook register_full_backward_hook register_full_backward_pre_hook
   register_load_state_dict_post_hook register_load_state_dict_pre_hook register_module
   register_parameter register_state_dict_post_hook register_state_dict_pre_hook requires_grad_
   set_extra_state set_submodule share_memory state_dict to to_empty train training type xpu
   zero_grad _apply _backward_hooks _backward_pre_hooks _buffers _call_impl _forward_hooks
   _forward_pre_hooks _get_name _is_full_backward_hook _load_from_state_dict _modules
   _named_members _non_persistent_buffers_set _parameters _save_to_state_dict _slow_forward
   _state_dict_hooks _state_dict_pre_hooks _version`.split(/\s+/),
);
