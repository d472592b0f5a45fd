/**
 * Finds state that a snapshot would forget, in the sources themselves: fields that no `archive` method names, and
 * parts of a record that its shape leaves out.
 *
 * State of a class is every field that can be set again, and every field that stays but was made by the class itself
 * and can change inside: a list, a map, a column, another stateful part. What was handed in is its owner's.
 */
import path from 'node:path';
import ts from 'typescript';

const ARCHIVING = /^#?(archive\w*|save)$/;

/** `Class.field` or `shape.part` of all that is left out, in the files of `program` that `within` picks. */
export function unnamedFields(program: ts.Program, within: (file: string) => boolean): string[] {
  const checker = program.getTypeChecker();
  return program
    .getSourceFiles()
    .filter((file) => within(path.resolve(file.fileName)))
    .flatMap((file) =>
      file.statements.flatMap((statement) => {
        if (ts.isClassDeclaration(statement)) return fieldsLeftOut(statement, file, checker);
        return ts.isVariableStatement(statement) ? partsLeftOut(statement, checker) : [];
      }),
    );
}

function fieldsLeftOut(node: ts.ClassDeclaration, file: ts.SourceFile, checker: ts.TypeChecker): string[] {
  const name = node.name?.text ?? 'class';
  const own = node.members
    .filter((member) => ts.isMethodDeclaration(member) && ARCHIVING.test(member.name.getText()))
    .map((member) => member.getText())
    .join('\n');
  // What makes a loaded object, such as the trade that `tradeShape` begins.
  const makers = file.statements
    .map((statement) => statement.getText())
    .filter((text) => /^export (function|const) \w+Shape\b/.test(text) && text.includes(`new ${name}(`))
    .join('\n');
  return node.members.flatMap((member) => {
    if (!ts.isPropertyDeclaration(member) || !isState(member, node, checker)) return [];
    const field = member.name.getText();
    const named =
      new RegExp(`\\bthis\\.${field}\\b`).test(own) || new RegExp(`\\?\\.${field}\\b`).test(makers);
    return named ? [] : [`${name}.${field}`];
  });
}

function isState(
  field: ts.PropertyDeclaration,
  owner: ts.ClassDeclaration,
  checker: ts.TypeChecker,
): boolean {
  const flags = ts.getCombinedModifierFlags(field);
  if ((flags & ts.ModifierFlags.Static) !== 0) return false;
  if ((flags & ts.ModifierFlags.Readonly) === 0) return true;
  return isMadeHere(field, owner) && canChange(checker.getTypeAtLocation(field), checker, new Set());
}

/** Initialised in place, or set in the constructor to more than what was handed in. */
function isMadeHere(field: ts.PropertyDeclaration, owner: ts.ClassDeclaration): boolean {
  if (field.initializer !== undefined) return !field.initializer.getText().endsWith(' as const');
  const target = `this.${field.name.getText()}`;
  let made = false;
  const visit = (node: ts.Node): void => {
    if (
      ts.isBinaryExpression(node) &&
      node.operatorToken.kind === ts.SyntaxKind.EqualsToken &&
      node.left.getText() === target &&
      !ts.isIdentifier(node.right) &&
      !ts.isPropertyAccessExpression(node.right)
    )
      made = true;
    ts.forEachChild(node, visit);
  };
  for (const member of owner.members) if (ts.isConstructorDeclaration(member)) visit(member);
  return made;
}

/** Whether anything can be set or put in within a value of the type. */
function canChange(type: ts.Type, checker: ts.TypeChecker, seen: Set<ts.Type>): boolean {
  if (seen.has(type)) return false;
  seen.add(type);
  if (type.isUnion()) return type.types.some((one) => canChange(one, checker, seen));
  if ((type.flags & ts.TypeFlags.Object) === 0) return false;
  const name = type.symbol?.name ?? '';
  if (type.getCallSignatures().length > 0) return false;
  if (/^(Map|Set|\w+Array|Array)$/.test(name) && name !== 'ReadonlyArray') return true;
  if (/^Readonly(Array|Map|Set)$/.test(name) || checker.isTupleType(type)) {
    const parts = checker.isArrayType(type) || checker.isTupleType(type) ? argumentsOf(type, checker) : [];
    return parts.some((part) => canChange(part, checker, seen));
  }
  return checker.getPropertiesOfType(type).some((property) => {
    if ((property.flags & ts.SymbolFlags.Property) === 0) return false;
    const declaration = property.valueDeclaration;
    if (declaration === undefined) return false;
    if ((ts.getCombinedModifierFlags(declaration) & ts.ModifierFlags.Readonly) === 0) return true;
    return canChange(checker.getTypeOfSymbol(property), checker, seen);
  });
}

function argumentsOf(type: ts.Type, checker: ts.TypeChecker): readonly ts.Type[] {
  return isReference(type) ? checker.getTypeArguments(type) : [];
}

function isReference(type: ts.Type): type is ts.TypeReference {
  return 'target' in type;
}

/** Optional parts too, which the compiler does not miss. */
function partsLeftOut(statement: ts.VariableStatement, checker: ts.TypeChecker): string[] {
  return statement.declarationList.declarations.flatMap((declaration) => {
    const { type, initializer } = declaration;
    if (type === undefined || initializer === undefined || !ts.isTypeReferenceNode(type)) return [];
    const [record] = type.typeArguments ?? [];
    if (type.typeName.getText() !== 'Shape' || record === undefined) return [];
    const text = initializer.getText();
    const whole = checker.getTypeFromTypeNode(record);
    // Whole as JSON, another shape's parts, or one value: nothing to name, or the compiler misses it.
    if (
      text.includes('...') ||
      /a\.(json|list|nullable|choice|text|number|flag)\(\w+[,)]/.test(text) ||
      whole.isUnion()
    )
      return [];
    if (
      !whole.isClassOrInterface() &&
      (whole.flags & (ts.TypeFlags.Object | ts.TypeFlags.Intersection)) === 0
    )
      return [];
    if (checker.isArrayType(whole) || checker.isTupleType(whole)) return [];
    return checker
      .getPropertiesOfType(whole)
      .filter((part) => (part.flags & ts.SymbolFlags.Property) !== 0)
      .filter((part) => !new RegExp(`\\b${part.name}\\b`).test(text))
      .map((part) => `${declaration.name.getText()}.${part.name}`);
  });
}
