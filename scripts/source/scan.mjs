/**
 * Reads TypeScript just far enough to tell code from comments and strings, so that a rule about code is not broken by a
 * sentence about it. Not a parser: it knows comments, quotes, templates and regular expressions.
 *
 * `code` is the text with comments blanked; `bare` has the contents of strings blanked too; both keep every line break.
 * `strings` are the contents of strings and templates (`${…}` shows as `?`), each with its line.
 */
export function scan(text) {
  const scanner = { text, at: 0, code: [], bare: [], strings: [], lastCode: '', lastWord: '' };
  scanCode(scanner, 0);
  return { code: scanner.code.join(''), bare: scanner.bare.join(''), strings: scanner.strings };
}

const blank = (text) => text.replace(/[^\n]/g, ' ');
const lineAt = (text, index) => text.slice(0, index).split('\n').length;

/** Scans until the end, or until the brace that closes a template's expression. */
function scanCode(scanner, depthAtStart) {
  const { text } = scanner;
  let depth = depthAtStart;
  while (scanner.at < text.length) {
    const two = text.slice(scanner.at, scanner.at + 2);
    const one = two[0];
    if (two === '//') skipTo(scanner, endOfLine(text, scanner.at));
    else if (two === '/*') skipTo(scanner, endOfComment(text, scanner.at));
    else if (one === "'" || one === '"') quoted(scanner, one);
    else if (one === '`') template(scanner);
    else if (one === '/' && startsRegularExpression(scanner)) regularExpression(scanner);
    else {
      if (one === '{') depth += 1;
      if (one === '}' && depth-- === 1 && depthAtStart === 1) return;
      keep(scanner, one);
    }
  }
}

function keep(scanner, character) {
  scanner.code.push(character);
  scanner.bare.push(character);
  if (!/\s/.test(character)) {
    scanner.lastWord = /\w/.test(character)
      ? (scanner.text[scanner.at - 1] ?? ' ').match(/\w/)
        ? scanner.lastWord + character
        : character
      : '';
    scanner.lastCode = character;
  }
  scanner.at += 1;
}

function skipTo(scanner, end) {
  const skipped = blank(scanner.text.slice(scanner.at, end));
  scanner.code.push(skipped);
  scanner.bare.push(skipped);
  scanner.at = end;
}

const endOfLine = (text, from) => (text.indexOf('\n', from) === -1 ? text.length : text.indexOf('\n', from));
const endOfComment = (text, from) => (text.indexOf('*/', from + 2) === -1 ? text.length : text.indexOf('*/', from) + 2);

function quoted(scanner, quote) {
  const start = scanner.at;
  let end = start + 1;
  while (end < scanner.text.length && scanner.text[end] !== quote && scanner.text[end] !== '\n')
    end += scanner.text[end] === '\\' ? 2 : 1;
  const content = scanner.text.slice(start + 1, end);
  scanner.strings.push({ text: content, line: lineAt(scanner.text, start) });
  scanner.code.push(scanner.text.slice(start, end + 1));
  scanner.bare.push(quote + blank(content) + quote);
  scanner.lastCode = quote;
  scanner.lastWord = '';
  scanner.at = end + 1;
}

function template(scanner) {
  const { text } = scanner;
  const start = scanner.at;
  let content = '';
  emitBoth(scanner, '`');
  while (scanner.at < text.length && text[scanner.at] !== '`') {
    if (text.startsWith('${', scanner.at)) {
      emitBoth(scanner, '${');
      content += '?';
      scanCode(scanner, 1);
      emitBoth(scanner, '}');
    } else {
      const piece = text[scanner.at] === '\\' ? text.slice(scanner.at, scanner.at + 2) : text[scanner.at];
      content += piece;
      scanner.code.push(piece);
      scanner.bare.push(blank(piece));
      scanner.at += piece.length;
    }
  }
  emitBoth(scanner, '`');
  scanner.strings.push({ text: content, line: lineAt(text, start) });
  scanner.lastCode = '`';
  scanner.lastWord = '';
}

function emitBoth(scanner, piece) {
  scanner.code.push(piece);
  scanner.bare.push(piece);
  scanner.at += piece.length;
}

const WORDS_BEFORE_EXPRESSION = new Set([
  'return',
  'typeof',
  'case',
  'in',
  'of',
  'do',
  'else',
  'void',
  'throw',
  'await',
]);

function startsRegularExpression(scanner) {
  if (scanner.lastWord !== '') return WORDS_BEFORE_EXPRESSION.has(scanner.lastWord);
  return scanner.lastCode === '' || /[([{,;:=!&|?+\-*%<>~^]/.test(scanner.lastCode);
}

function regularExpression(scanner) {
  const { text } = scanner;
  let end = scanner.at + 1;
  let inClass = false;
  while (end < text.length && text[end] !== '\n' && (inClass || text[end] !== '/')) {
    if (text[end] === '\\') end += 1;
    else if (text[end] === '[') inClass = true;
    else if (text[end] === ']') inClass = false;
    end += 1;
  }
  const piece = text.slice(scanner.at, end + 1);
  scanner.code.push(blank(piece));
  scanner.bare.push(blank(piece));
  scanner.lastCode = ')';
  scanner.lastWord = '';
  scanner.at = end + 1;
}

const IMPORTS =
  /(?:^|[;}\s])(import|export)(\s+type\b(?!\s*from\b)(?!\s*,))?\s*((?:[\w$*\s,]|\{[^}]*\})*?)\bfrom\s*(['"])([^'"]+)\4|(?:^|[;}\s])(import)\s*(['"])([^'"]+)\7|\bimport\s*\(\s*(['"])([^'"]+)\9\s*\)(\s*\.)?|\brequire\s*\(\s*(['"])([^'"]+)\12\s*\)/g;

/** What a file imports: `{ target, isType, line }`, re-exports, side effects, `import()` and `import type` included. */
export function importsOf(text) {
  const { code, bare } = scan(text);
  const found = [];
  for (const match of code.matchAll(IMPORTS)) {
    const [whole, , typeWord, clause = '', , from, , , effect, , dynamic, , , required] = match;
    const target = from ?? effect ?? dynamic ?? required;
    // The words must stand in code: a string that talks about imports is blank in `bare`.
    if (!/\b(import|export|require)\b/.test(bare.slice(match.index, match.index + whole.length))) continue;
    const start = match.index + whole.search(/\S/);
    found.push({ target, isType: typeWord !== undefined || onlyTypes(clause), line: lineAt(code, start) });
  }
  return found;
}

function onlyTypes(clause) {
  const names = clause
    .match(/^\s*\{([^}]*)\}\s*$/)?.[1]
    ?.split(',')
    .map((name) => name.trim());
  const given = names?.filter((name) => name !== '') ?? [];
  return given.length > 0 && given.every((name) => name.startsWith('type '));
}

/** The lines on which a pattern occurs. */
export function linesMatching(text, pattern) {
  const lines = [];
  for (const match of text.matchAll(new RegExp(pattern.source, `${pattern.flags.replace('g', '')}g`)))
    lines.push(lineAt(text, match.index + match[0].search(/\S|$/)));
  return lines;
}
