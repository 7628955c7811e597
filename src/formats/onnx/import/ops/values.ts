/** Operators that only pass values on or state them: Constant, ConstantOfShape, Identity, Cast. */
import { type DType, type StoredArray, isFloat, toTensor } from "../../../tensors/stored-array.ts";
import { floats } from "../arrays.ts";
import type { OpCall } from "../call.ts";
import { attributeText } from "../listing.ts";
import type { Operand } from "../operand.ts";
import { arrayOfSizes } from "../sizes/sizes.ts";
import { dtypeOf, typeName } from "../tensor-data.ts";
import { type OpTable, op } from "./handler.ts";

export const valueOps: OpTable = {
  Constant: op(0, 0, lowerConstant),
  ConstantOfShape: op(1, 1, lowerConstantOfShape),
  Identity: op(1, 1, (call) => call.giveSame(0)),
  Cast: op(1, 1, lowerCast),
  CastLike: op(2, 2, lowerCastLike),
};

function lowerConstant(call: OpCall): void {
  const [[name, attribute] = ["", undefined]] = call.node.attributes;
  switch (attribute?.kind) {
    case "tensor":
      call.results[0] =
        attribute.value === undefined
          ? { kind: "poison" }
          : { kind: "constant", array: attribute.value, name: call.node.outputs[0] };
      break;
    case "float":
      call.giveConstant(floats([], [attribute.value]));
      break;
    case "floats":
      call.giveConstant(floats([attribute.value.length], attribute.value));
      break;
    case "int":
    case "ints": {
      const values = attribute.kind === "int" ? [attribute.value] : attribute.value;
      const shape = attribute.kind === "int" ? [] : [values.length];
      const array = arrayOfSizes({ shape, values, float: false });
      if (array !== undefined) call.giveConstant(array);
      break;
    }
    case "string":
    case "strings":
    case "graph":
    case "reference":
    case "other":
    case undefined: {
      const held = attribute === undefined ? "nothing" : attributeText(attribute);
      throw call.refuse(`it holds ${held} (${name})`, "only numbers are read");
    }
    default:
      attribute satisfies never;
  }
}

/** One number everywhere, in a shape that may have named sizes. */
function lowerConstantOfShape(call: OpCall): void {
  const shape = call.dims(0, "input");
  const attribute = call.node.attributes.get("value");
  const stored = attribute?.kind === "tensor" ? attribute.value : undefined;
  const value = stored ?? floats([1], [0]);
  const one = { ...value, shape: shape.map(() => 1) };
  const flowing = call.flowing({ kind: "constant", array: one, name: "constant" });
  call.give(call.layer("expand", { shape }, [flowing]));
}

function lowerCast(call: OpCall): void {
  const to = call.int("to", 0);
  castTo(call, dtypeOf(to), typeName(to));
}

/** To the type of the second tensor. */
function lowerCastLike(call: OpCall): void {
  const like = call.operand(1);
  if (like.kind === "flow") castTo(call, like.mask ? "BOOL" : "F32", "FLOAT");
  else if (like.kind === "constant") castTo(call, like.array.dtype, like.array.dtype);
  else castTo(call, "I64", "INT64");
}

function castTo(call: OpCall, dtype: DType | undefined, name: string): void {
  const floating = dtype !== undefined && isFloat(dtype);
  const x = call.operand(0);
  if (x.kind === "sizes" || (x.kind === "constant" && !isFloat(x.array.dtype))) {
    const array = floating ? floatsOf(x) : undefined;
    if (array === undefined) call.giveSame(0);
    else call.giveConstant(array);
  } else if (floating || (call.isMask(0) && dtype !== undefined)) call.giveSame(0);
  else if (dtype === "BOOL") {
    call.giveMask(call.layer("ne_scalar", { scalar: 0 }, [call.tensor(0)]));
  } else {
    throw call.unsuitable(0, `it turns floats into the type ${name}`);
  }
}

/** Stored integers, or known sizes, as floats; undefined where a named size is among them. */
function floatsOf(operand: Operand): StoredArray | undefined {
  if (operand.kind === "sizes") return arrayOfSizes({ ...operand.sizes, float: true });
  if (operand.kind !== "constant") return undefined;
  const { shape, data } = toTensor(operand.array);
  return floats(shape, data);
}
