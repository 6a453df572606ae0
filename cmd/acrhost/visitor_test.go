package main

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// visitor goes through pages by the keyboard alone, in a browser that runs no scripts
// unless it is told to.
type visitor struct {
	t      *testing.T
	ctx    context.Context
	issuer string
	camera camera
	axe    string // the source of axe-core
	// scripts says that pages may run scripts at the moment.
	scripts bool
	policy  *policy
}

func newVisitor(t *testing.T, issuer string, c camera) *visitor {
	t.Helper()
	v := &visitor{t: t, ctx: c.ctx, issuer: issuer, camera: c, axe: axeSource(t), policy: hearPolicy(t, c.ctx)}
	act(t, v.ctx, scripts(false))
	return v
}

// scripts lets pages run scripts, or not.
func scripts(run bool) chromedp.Action[chromedp.Void] {
	return chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: !run})
		return err
	})
}

// open loads an address of the provider.
func (v *visitor) open(path string) {
	v.t.Helper()
	v.leave(chromedp.Navigate(v.issuer + path))
}

// mark is what tells the page that is left from the one that comes.
const mark = "data-left"

// leave does what leads to another page, and waits until that is there.
func (v *visitor) leave(how chromedp.Action[chromedp.Void]) {
	v.t.Helper()
	evaluate[bool](v, `document.documentElement.setAttribute("`+mark+`", ""), true`)
	act(v.t, v.ctx, how)
	v.await(`document.readyState === "complete" && !document.documentElement.hasAttribute("` + mark + `")`)
}

// await waits until an expression is true, in whatever page there is by then.
func (v *visitor) await(expression string) {
	v.t.Helper()
	for until := time.Now().Add(patience); time.Now().Before(until); time.Sleep(5 * time.Millisecond) {
		if done, err := chromedp.Run(v.ctx, chromedp.Evaluate[bool](expression)); err == nil && done {
			return
		}
	}
	v.t.Fatalf("not within %s: %s\n%s", patience, expression, v.text())
}

// evaluate asks the page something.
func evaluate[T any](v *visitor, expression string) T {
	v.t.Helper()
	var value T
	err := within(v.ctx, func(ctx context.Context) (err error) {
		value, err = chromedp.Run(ctx, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
		return err
	})
	if err != nil {
		v.t.Fatalf("%.200s: %v", expression, err)
	}
	return value
}

// text is what the page says.
func (v *visitor) text() string {
	v.t.Helper()
	return evaluate[string](v, `document.title + "\n" + (document.body ? document.body.innerText : "")`)
}

// of is the text of one element.
func (v *visitor) of(id string) string {
	v.t.Helper()
	return evaluate[string](v, `document.getElementById("`+id+`").textContent`)
}

// says fails the test when the page does not say this.
func (v *visitor) says(want string) {
	v.t.Helper()
	if got := v.text(); !strings.Contains(got, want) {
		v.t.Fatalf("the page does not say %q:\n%s", want, got)
	}
}

// press presses keys.
func (v *visitor) press(keys string) {
	v.t.Helper()
	act(v.t, v.ctx, chromedp.KeyEvent(keys))
}

// focused names the element that has the focus: by its id, else by its tag.
const focused = `(e => e.id || e.tagName.toLowerCase())(document.activeElement)`

// to goes to an element by the tabulator key.
func (v *visitor) to(id string) {
	v.t.Helper()
	for range 40 {
		if evaluate[string](v, focused) == id {
			return
		}
		v.press("\t")
	}
	v.t.Fatalf("no way by keyboard to %q:\n%s", id, v.text())
}

// fill types into fields, in pairs of id and text; what stood there is replaced.
func (v *visitor) fill(pairs ...string) {
	v.t.Helper()
	for i := 0; i < len(pairs); i += 2 {
		v.to(pairs[i])
		evaluate[bool](v, `document.activeElement.select(), true`)
		v.press(pairs[i+1])
	}
}

// send fills in a form and presses Enter.
func (v *visitor) send(pairs ...string) {
	v.t.Helper()
	v.fill(pairs...)
	v.leave(chromedp.KeyEvent("\r"))
}

// push goes to a button or a link and presses Enter.
func (v *visitor) push(id string) {
	v.t.Helper()
	v.to(id)
	v.leave(chromedp.KeyEvent("\r"))
}

// choose picks a radio button by the arrow keys and presses Enter.
func (v *visitor) choose(name, value string) {
	v.t.Helper()
	group := `[...document.querySelectorAll("input[name=` + name + `]")]`
	v.to(evaluate[string](v, group+`.find(r => r.checked).id`))
	for range evaluate[int](v, group+`.length`) {
		if evaluate[string](v, group+`.find(r => r.checked).value`) == value {
			v.leave(chromedp.KeyEvent("\r"))
			return
		}
		v.press(kb.ArrowDown)
	}
	v.t.Fatalf("no way by keyboard to %s=%s", name, value)
}

// code is the newest code that was sent by a channel.
func (v *visitor) code(channel string) string {
	v.t.Helper()
	return lastCode(v.t, v.issuer, channel)
}
