package main

// javaScript puts the names of the capabilities into the SDK: its documents need no types.
func javaScript(path string, m Model) (string, error) {
	var p page
	p.add("/** The capabilities of the ABI. */")
	p.add("const CAPABILITIES = [")
	for _, c := range m.Capabilities {
		p.add("  %q,", c.Name)
	}
	p.add("];")
	return between(path, p.String())
}
