package config

import (
	"slices"
	"strings"

	"github.com/acrhost/acrhost/host/journey/nearest"
)

// acr reads what evidence a value needs. A level that nothing could ever meet, or
// that everything meets, is a fault.
func (r *reader) acr(t *table, a *ACR) {
	if t = t.sub("acr"); t == nil {
		return
	}
	defer t.close()
	t.flag("strict", &a.Strict)
	r.order(t, a)
	for value, t := range t.named("levels") {
		r.rule(t.node.pos, "the level", checkACR(value))
		a.Levels[value] = r.level(t)
	}
}

// order reads which values are stronger than which, where clients have a minimum.
func (r *reader) order(t *table, a *ACR) {
	const hint = `order = ["1.0", "2.0", "2.5"], weakest first`
	t.texts("order", &a.Order)
	r.rules(t, "order", a.Order, checkACR)
	if a.Order != nil && len(a.Order) == 0 {
		r.fault(t.pos("order"), hint, "order in %s is empty", t.name)
	}
	for i, value := range a.Order {
		if slices.Contains(a.Order[:i], value) {
			r.fault(t.pos("order"), hint, "order in %s holds %s twice, so that it is stronger than itself", t.name, quoted(value))
		}
	}
}

// minimum checks that a client's minimum has a place in the order.
func (r *reader) minimum(t *table, order []string, c Client) {
	switch {
	case !t.has("minimum") || !isText(t, "minimum"): // of the wrong type: a fault already
	case len(order) == 0:
		r.fault(t.pos("minimum"), `[acr] order = ["1.0", "2.0", "2.5"], weakest first`, "minimum in %s means nothing: which acr values are stronger is not said", t.name)
	case !slices.Contains(order, c.Minimum):
		hint := nearest.Hint(c.Minimum, order)
		if hint == "" {
			hint = "the order is: " + strings.Join(order, ", ")
		}
		r.fault(t.pos("minimum"), hint, "minimum in %s is %s, which is not in the order of [acr]", t.name, quoted(c.Minimum))
	}
}

func (r *reader) level(t *table) Level {
	defer t.close()
	l := Level{Pos: t.node.pos}
	t.duration("max_age", &l.MaxAge)
	t.require(`requires = [["hwk"], ["pwd", "otp"]]`, "requires")
	l.Requires = r.requires(t)
	return l
}

// requires reads sets of amr values of which any is enough; nil when there is no list.
func (r *reader) requires(t *table) (all [][]string) {
	n := t.take("requires")
	if n == nil {
		return nil
	}
	sets, ok := n.value.([]*node)
	if !ok {
		t.wrong("requires", n, `a list of sets of amr values, [["hwk"], ["pwd", "otp"]]`)
		return nil
	}
	if len(sets) == 0 {
		r.fault(n.pos, `requires = [["hwk"], ["pwd", "otp"]]`, "requires in %s is empty, so that no evidence is ever enough", t.name)
	}
	for _, set := range sets {
		all = append(all, r.amrSet(t, set))
	}
	return all
}

func (r *reader) amrSet(t *table, n *node) []string {
	if _, ok := n.value.([]*node); !ok {
		t.wrong("requires", n, `lists of amr values, [["hwk"], ["pwd", "otp"]]`)
		return nil
	}
	set, ok := t.stringsOf("requires", n)
	if ok && len(set) == 0 {
		r.fault(n.pos, "name the amr values that are needed", "requires in %s holds an empty set, so that no evidence is needed", t.name)
	}
	return set
}
