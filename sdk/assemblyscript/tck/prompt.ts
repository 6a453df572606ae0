// The step type prompt of the tck guest: a page with everything that a page can have.
import { Call, Field, Option, Prompt, Result, Step, Table, button, data, option, optional, page, required, step } from "@acrhost/step";

@data
class State {
  round: i32 = 0;
  note: string = "";
}

/** Ask. */
@step("prompt", { outcomes: ["ok"], writes: { vars: ["form", "action", "round", "note", "otp"] } })
export class Prompting extends Step {
  run(call: Call): Result {
    const form = call.input.form;
    if (form === null) {
      const state = new State();
      state.round = 1;
      state.note = "é";
      return Result.ask(first()).keep(state);
    }
    const state = call.state<State>();
    return call.input.action == "again" ? this.again(state) : this.done(call, form, state);
  }

  private again(state: State): Result {
    state.round++;
    const text = new Field();
    text.name = "text";
    const prompt = new Prompt();
    prompt.error = "Once more.";
    prompt.fields = [text];
    return Result.ask(prompt).keep(state);
  }

  private done(call: Call, form: Table<string>, state: State): Result {
    return Result.outcome("ok").var("form", form).var("action", call.input.action).var("round", state.round).var("note", state.note).var("otp", call.field("otp"));
  }
}

function first(): Prompt {
  const prompt = page("All fields");
  prompt.text = "Two\nlines, \"quoted\" <b>not bold</b>.";
  prompt.error = "Something was wrong.";
  prompt.fields = [
    text(), plain("username"), required("password", "password", "password"), plain("new_password"), required("otp", "otp", "otp"),
    plain("email"), plain("tel"), select(), choice("radio", "radio"), plain("checkbox"), plain("hidden"), plain("info"),
    plain("passkey_get"), plain("passkey_create"), plain("totp_create"), plain("recovery_codes"),
  ];
  const again = button("again", "");
  again.label = null;
  prompt.actions = [button("submit", "Continue"), again];
  return prompt;
}

function plain(type: string): Field { return optional(type, type, type); }

function text(): Field {
  const f = optional("text", "text", "Text");
  f.hint = "A hint";
  f.error = "Not this";
  f.value = "välue";
  f.read_only = true;
  return f;
}

function select(): Field {
  const f = choice("select", "Select");
  f.value = "b";
  return f;
}

function choice(type: string, label: string): Field {
  const b = new Option();
  b.value = "b";
  const f = optional(type, type, label);
  f.options = [option("a", "A"), b];
  return f;
}
