package config

// acr reads what evidence a value needs. A level that nothing could ever meet, or
// that everything meets, is a fault.
func (r *reader) acr(t *table, a *ACR) {
	if t = t.sub("acr"); t == nil {
		return
	}
	defer t.close()
	t.flag("strict", &a.Strict)
	for value, t := range t.named("levels") {
		r.rule(t.node.pos, "the level", checkACR(value))
		a.Levels[value] = r.level(t)
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
