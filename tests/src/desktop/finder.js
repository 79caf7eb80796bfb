// Finds what a person would: by its role, and by the name that a screen reader says. Returns all that are in view.
const [role, name, part, scope] = arguments;

const SELECTORS = {
  button: "button:not([role]), [role=button]",
  link: "a[href]",
  textbox: "input:not([type]), input[type=text], input[type=email], input[type=search], input[type=number], input[type=password], textarea",
  checkbox: "input[type=checkbox], [role=checkbox], [role=switch]",
  radio: "input[type=radio], [role=radio]",
  tab: "[role=tab]",
  heading: "h1, h2, h3, h4, h5, h6, [role=heading]",
  dialog: "[role=dialog], [role=alertdialog]",
  table: "table, [role=table], [role=grid]",
  row: "tr, [role=row]",
  combobox: "select, [role=combobox], input[aria-haspopup=listbox]",
  option: "option, [role=option]",
  file: "input[type=file]",
  list: "ul, ol, [role=list]",
  navigation: "nav, [role=navigation]",
  treeitem: "[role=treeitem]",
  menuitem: "[role=menuitem]",
};

const text = (element) => (element.textContent ?? "").replace(/\s+/g, " ").trim();
const byIds = (ids) => ids.split(/\s+/).map((id) => document.getElementById(id)).filter((it) => it !== null).map(text).join(" ");

function nameOf(element) {
  const label = element.getAttribute("aria-label");
  if (label) return label;
  const labelled = element.getAttribute("aria-labelledby");
  if (labelled) return byIds(labelled);
  if (element.labels?.length > 0) return [...element.labels].map(text).join(" ").replace(/\s*\*$/, "");
  return text(element) || element.getAttribute("title") || element.getAttribute("placeholder") || "";
}

function isInView(element) {
  if (element.closest("[inert]") !== null) return false;
  return role === "file" || element.checkVisibility({ visibilityProperty: true });
}

const found = [...(scope ?? document).querySelectorAll(SELECTORS[role])].filter(isInView);
const fits = (it) => (part ? nameOf(it).includes(name) : nameOf(it) === name);
return found.filter(fits);
