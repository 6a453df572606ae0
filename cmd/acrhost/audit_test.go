package main

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// axeSource is axe-core, the engine that checks pages for what screen readers and
// other helpers stumble over.
func axeSource(t *testing.T) string {
	t.Helper()
	source, err := os.ReadFile("../../.cache/tools/axe/node_modules/axe-core/axe.min.js")
	if err != nil {
		t.Fatalf("axe-core is not installed: run make tools (%v)", err)
	}
	return string(source)
}

// audit holds the page that is shown against all that every page promises.
func (v *visitor) audit(name string) {
	v.t.Helper()
	v.t.Run(name, func(t *testing.T) {
		v.structure(t)
		v.keyboard(t)
		v.fits(t)
		v.accessible(t)
		v.policy.kept(t)
		v.camera.shoot(t, name)
	})
}

// structure: one heading of the first level, a title and a language.
func (v *visitor) structure(t *testing.T) {
	t.Helper()
	got := evaluate[struct {
		Headings    int
		Title, Lang string
	}](v, `({headings: document.querySelectorAll("h1").length, title: document.title, lang: document.documentElement.lang})`)
	if got.Headings != 1 || got.Title == "" || got.Lang == "" {
		t.Errorf("%d h1, title %q, lang %q", got.Headings, got.Title, got.Lang)
	}
}

// controls are what a user can do something with, in the order of the page. Of a group
// of radio buttons the tabulator key stops at one.
const controls = `(() => {
  const all = [...document.querySelectorAll("a[href], button, input:not([type=hidden]), select, textarea, [tabindex='0']")];
  const seen = e => e.checkVisibility() && !e.disabled;
  const stop = e => e.type !== "radio" || e.checked ||
    e === all.find(o => o.name === e.name && !all.some(c => c.name === e.name && c.checked));
  return all.filter(e => seen(e) && stop(e)).map(e => e.id || e.textContent.trim());
})()`

// stop is the element that has the focus, and whether one sees that it has.
const stop = `(() => {
  const e = document.activeElement;
  if (!e || e === document.body) return {name: "", outlined: true};
  const outlined = x => x && getComputedStyle(x).outlineStyle !== "none" && parseFloat(getComputedStyle(x).outlineWidth) >= 2;
  return {name: e.id || e.textContent.trim(), outlined: Boolean(outlined(e) || outlined(e.closest("label")))};
})()`

// keyboard: the tabulator key leads to each control, in the order of the page, and
// each shows that it has the focus.
func (v *visitor) keyboard(t *testing.T) {
	t.Helper()
	want := evaluate[[]string](v, controls)
	var reached []string
	for range 2*len(want) + 2 {
		v.press("\t")
		at := evaluate[struct {
			Name     string
			Outlined bool
		}](v, stop)
		if !at.Outlined {
			t.Errorf("%q does not show that it has the focus", at.Name)
		}
		if at.Name != "" {
			reached = append(reached, at.Name)
		}
	}
	if len(want) == 0 {
		return
	}
	// Wherever the focus was at first, the keys lead around.
	if i := slices.Index(reached, want[0]); i < 0 || len(reached) < i+len(want) || !slices.Equal(reached[i:i+len(want)], want) {
		t.Errorf("the tabulator key leads to %q, not to %q", reached, want)
	}
}

// overflowing are the elements whose content is wider than they are, but for those
// that can be scrolled.
const overflowing = `[...document.querySelectorAll("html, body *")]
  .filter(e => e.clientWidth > 0 && e.scrollWidth > e.clientWidth + 1 && getComputedStyle(e).overflowX === "visible")
  .map(e => e.tagName.toLowerCase() + (e.id && "#" + e.id) + ": " + e.textContent.trim().slice(0, 40))`

// fits: nothing runs out of its box, or into another, down to the width of the smallest
// phone, which is also that of a wide window at 400 % (WCAG 2.2, 1.4.10).
func (v *visitor) fits(t *testing.T) {
	t.Helper()
	for _, width := range []int64{1100, 390, 320} {
		act(t, v.ctx, chromedp.EmulateViewport(width, 780))
		if found := evaluate[[]string](v, overflowing); len(found) > 0 {
			t.Errorf("%d pixels wide, these are too narrow: %q", width, found)
		}
	}
	act(t, v.ctx, chromedp.EmulateViewport(1100, 780))
}

// violation is what axe-core has to say.
type violation struct {
	ID, Impact, Help string
	Targets          []string
}

// runAxe runs axe-core, and gives what it finds.
const runAxe = `axe.run(document, {resultTypes: ["violations"]}).then(r => r.violations.map(v =>
  ({id: v.id, impact: v.impact || "", help: v.help, targets: v.nodes.map(n => n.target.join(" ") + ": " + (n.any[0] || n.all[0] || n.none[0] || {}).message)})))`

// accessible: axe-core finds nothing serious, light and dark, wide and on a phone.
func (v *visitor) accessible(t *testing.T) {
	t.Helper()
	act(t, v.ctx, scripts(true))
	evaluate[bool](v, v.axe+";true")
	for _, scheme := range []string{"light", "dark"} {
		for size, width := range map[string]int64{"wide": 1100, "phone": 390} {
			act(t, v.ctx, prefer(scheme), chromedp.EmulateViewport(width, 780))
			for _, found := range evaluate[[]violation](v, runAxe) {
				line := fmt.Sprintf("%s, %s: %s (%s): %s\n\t%s", scheme, size, found.ID, found.Impact, found.Help, strings.Join(found.Targets, "\n\t"))
				if found.Impact == "serious" || found.Impact == "critical" {
					t.Error(line)
				} else {
					t.Log(line)
				}
			}
		}
	}
	act(t, v.ctx, prefer("light"), chromedp.EmulateViewport(1100, 780), scripts(v.scripts))
}

// auditFinds makes sure that the audit would find something: an audit that is blind
// finds nothing wrong, too.
func (v *visitor) auditFinds() {
	v.t.Helper()
	v.open("/")
	evaluate[bool](v, `document.body.insertAdjacentHTML("beforeend", "<img src='data:,'><button></button>"), true`)
	act(v.t, v.ctx, scripts(true))
	evaluate[bool](v, v.axe+";true")
	var found []string
	for _, f := range evaluate[[]violation](v, runAxe) {
		found = append(found, f.ID+" "+f.Impact)
	}
	for _, want := range []string{"button-name critical", "image-alt critical"} {
		if !slices.Contains(found, want) {
			v.t.Errorf("axe-core finds %q, and not %s", found, want)
		}
	}
	evaluate[bool](v, `document.body.append(Object.assign(document.createElement("script"), {textContent: "1"})), true`)
	if v.policy.await() == nil {
		v.t.Error("a script that the policy forbids is not noticed")
	}
	act(v.t, v.ctx, scripts(false))
}
