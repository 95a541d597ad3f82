// The fields of a form that is kept as a draft (drafts.js): what is typed, whether anything is, and putting it back.

const NEVER = /^(csrfmiddlewaretoken|next|key)$/;

export function typed(form) {
  const fields = {};
  for (const [name, value] of new FormData(form)) {
    if (typeof value === "string" && !NEVER.test(name)) fields[name] = value;
  }
  return fields;
}

// What a person has put in, compared with the form as it was drawn.
export const touched = (form) => [...form.elements].some((field) => {
  if (!field.name || field.type === "hidden" || field.type === "file" || field.matches("button")) return false;
  if (field.matches("select")) return [...field.options].some((option) => option.selected !== option.defaultSelected && !(option.index === 0 && ![...field.options].some((one) => one.defaultSelected)));
  return field.matches("[type=checkbox], [type=radio]") ? field.checked !== field.defaultChecked : field.value !== field.defaultValue;
});

export function put(form, fields) {
  for (const field of form.elements) {
    if (!field.name || NEVER.test(field.name) || field.matches("[type=file], button")) continue;
    const value = fields[field.name];
    if (field.matches("[type=checkbox], [type=radio]")) field.checked = value === field.value;
    else if (value !== undefined) field.value = value;
  }
}
