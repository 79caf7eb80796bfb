// Prints what the page can send: each command that ui/src/api.ts calls, with the shape of its arguments as the TypeScript
// compiler sees them, as one JSON object. A shape is "string", "number", "boolean", {literal: V},
// {array: SHAPE}, {object: {NAME: SHAPE}} or {one_of: [SHAPE]}.
//   node tests/desktop/commands.mjs
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";

const ui = fileURLToPath(new URL("../../ui/", import.meta.url));
const ts = createRequire(`${ui}package.json`)("typescript");

const read = ts.readConfigFile(`${ui}tsconfig.json`, ts.sys.readFile);
const { options } = ts.parseJsonConfigFileContent(read.config, ts.sys, ui);
const program = ts.createProgram([`${ui}src/api.ts`], { ...options, noEmit: true });
const checker = program.getTypeChecker();
const commands = {};

function shapeOf(type, depth = 0) {
  const is = (flag) => (type.flags & flag) !== 0;
  if (depth > 12) throw new Error("a shape without an end");
  if (is(ts.TypeFlags.Boolean)) return "boolean";
  if (is(ts.TypeFlags.BooleanLiteral)) return { literal: checker.typeToString(type) === "true" };
  if (is(ts.TypeFlags.StringLiteral | ts.TypeFlags.NumberLiteral)) return { literal: type.value };
  if (is(ts.TypeFlags.String)) return "string";
  if (is(ts.TypeFlags.Number)) return "number";
  if (is(ts.TypeFlags.Null | ts.TypeFlags.Undefined)) return { literal: null };
  if (type.isUnion()) {
    const shapes = type.types.map((it) => shapeOf(it, depth + 1));
    // The compiler has a union of `true` and `false` where others have a boolean.
    const others = shapes.filter((it) => typeof it.literal !== "boolean");
    return { one_of: others.length < shapes.length ? [...others, "boolean"] : others };
  }
  if (checker.isArrayType(type)) return { array: shapeOf(checker.getTypeArguments(type)[0], depth + 1) };
  if (is(ts.TypeFlags.Object | ts.TypeFlags.Intersection)) {
    const named = checker.getPropertiesOfType(type).map((it) => [it.name, shapeOf(checker.getTypeOfSymbol(it), depth + 1)]);
    return { object: Object.fromEntries(named) };
  }
  throw new Error(`a type of another kind: ${checker.typeToString(type)}`);
}

function visit(node) {
  if (ts.isCallExpression(node) && node.expression.getText() === "call") {
    const [name, sent] = node.arguments;
    commands[name.text] = sent === undefined ? { object: {} } : shapeOf(checker.getTypeAtLocation(sent));
  }
  ts.forEachChild(node, visit);
}

visit(program.getSourceFile(`${ui}src/api.ts`));
console.log(JSON.stringify(commands));
