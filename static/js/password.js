// A button beside each password that shows what was typed, and hides it again. Sending the form hides it,
// so that the browser offers to keep the password as one.

for (const field of document.querySelectorAll("input[type=password]")) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "btn btn-secondary btn-sm password-show";
  button.setAttribute("aria-controls", field.id);

  const show = (shown) => {
    field.type = shown ? "text" : "password";
    button.textContent = shown ? "Hide password" : "Show password";
  };

  button.addEventListener("click", () => show(field.type === "password"));
  field.form.addEventListener("submit", () => show(false));
  show(false);
  field.after(button);
}
