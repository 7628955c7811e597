/** Values made of values, and the parts of values: tuples, records, fields and items. */
import { problem } from "../../diagnostics/diagnostic.ts";
import type { Field, Index, RecordExpression } from "../../syntax/ast.ts";
import { type Context, reportType } from "./context.ts";
import { type Value, poison } from "./values.ts";

export function tupleOf(items: readonly Value[]): Value {
  return items.some((item) => item.kind === "poison") ? poison : { kind: "tuple", items };
}

export function evaluateRecord(record: RecordExpression, context: Context): Value {
  const fields = new Map<string, Value>();
  for (const { name, value } of record.fields) {
    if (fields.has(name.text)) {
      context.elaboration.report(problem("CNN3002", { name: name.text }), name.span);
    }
    fields.set(name.text, context.evaluator.evaluate(value, context));
  }
  return { kind: "record", fields };
}

/** Fields of a tensor that are one of its sizes, by axis. */
const SIZES = ["batch", "channels", "height", "width"];

/** All fields of a tensor; those of a record are whatever it was given. */
export const TENSOR_FIELDS: readonly string[] = [...SIZES, "rank", "shape"];

export function evaluateField({ object, name, span }: Field, context: Context): Value {
  const value = context.evaluator.evaluate(object, context);
  if (value.kind === "tensor") {
    const { shape } = value.type;
    const axis = SIZES.indexOf(name.text);
    if (axis >= 0 && axis < shape.length) return { kind: "int", value: shape[axis] };
    if (name.text === "rank") return { kind: "int", value: shape.length };
    if (name.text === "shape") {
      return { kind: "tuple", items: shape.map((size) => ({ kind: "int", value: size })) };
    }
    const known = [...SIZES.slice(0, shape.length), "rank", "shape"];
    context.elaboration.report(
      problem("CNN3019", { name: name.text, of: "this tensor", known }),
      name.span,
    );
    return poison;
  }
  if (value.kind === "record") {
    const field = value.fields.get(name.text);
    if (field !== undefined) return field;
    const known = [...value.fields.keys()];
    context.elaboration.report(
      problem("CNN3019", { name: name.text, of: "this record", known }),
      name.span,
    );
    return poison;
  }
  reportType(context, "a tensor or a record before `.`", value, span);
  return poison;
}

export function evaluateIndex({ object, index }: Index, context: Context): Value {
  const value = context.evaluator.evaluate(object, context);
  const at = context.evaluator.evaluate(index, context);
  if (value.kind === "poison" || at.kind === "poison") return poison;
  if (value.kind !== "tuple") {
    reportType(context, "a tuple before `[`", value, object.span);
    return poison;
  }
  if (at.kind !== "int" || typeof at.value !== "number") {
    reportType(context, "a known int", at, index.span);
    return poison;
  }
  const item = value.items.at(at.value);
  if (item !== undefined) return item;
  context.elaboration.report(
    problem("CNN3020", { index: at.value, length: value.items.length }),
    index.span,
  );
  return poison;
}
