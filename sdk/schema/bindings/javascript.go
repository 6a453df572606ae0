package main

// javaScript puts the names of the capabilities, and of the statuses, into the SDK: its documents need no types.
func javaScript(path string, m Model) (string, error) {
	var p page
	p.add("/** The capabilities of the ABI. */")
	p.add("const CAPABILITIES = [")
	for _, c := range m.Capabilities {
		p.add("  %q,", c.Name)
	}
	p.add("];")
	p.add("\n/** What a capability returns, by number. */")
	p.add("const STATUS = [")
	for _, s := range m.Statuses {
		p.add("  %q,", s.words())
	}
	p.add("];")
	return between(path, p.String())
}
