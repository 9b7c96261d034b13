import { escapeHtml } from './layout.js';

export interface TextField {
  readonly name: string;
  readonly label: string;
  readonly hint?: string;
  /** HTML attributes of the input. */
  readonly attributes?: string;
}

/** What was wrong, and in which field; null when none is to blame. */
export interface FieldError {
  readonly message: string;
  readonly field: string | null;
}

/** A field with its label, hint and error, each of which a screen reader finds from the field. */
export const textField = (field: TextField, value: string, error: FieldError | null): string => {
  const { attributes = 'autocomplete="off"', hint, label, name } = field;
  const isWrong = error?.field === name;
  const notes = [hint === undefined ? '' : `${name}-hint`, isWrong ? `${name}-error` : ''].filter((id) => id !== '');
  const described = notes.length === 0 ? '' : ` aria-describedby="${notes.join(' ')}"`;
  return `<div class="field"><label for="${name}">${escapeHtml(label)}</label>
${hint === undefined ? '' : `<p class="hint" id="${name}-hint">${escapeHtml(hint)}</p>`}
<input id="${name}" name="${name}" ${attributes} value="${escapeHtml(value)}"${described}${isWrong ? ' aria-invalid="true" autofocus' : ''}>
${isWrong ? `<p class="error" id="${name}-error">${escapeHtml(error.message)}</p>` : ''}</div>`;
};

/** Says on top what went wrong and leads to the field; without a field it takes the focus itself. */
export const errorAlert = (error: FieldError | null): string => {
  if (error === null) return '';
  const text = escapeHtml(error.message);
  return error.field === null
    ? `<p role="alert" tabindex="-1" autofocus>${text}</p>`
    : `<p role="alert"><a href="#${error.field}">${text}</a></p>`;
};
