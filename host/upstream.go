package host

import "github.com/acrhost/acrhost/host/upstream"

// providers are the other providers at which users sign in, by name.
func (p parts) providers() (map[string]*upstream.Provider, error) {
	all := make(map[string]*upstream.Provider, len(p.cfg.Upstream))
	for name, u := range p.cfg.Upstream {
		provider, err := upstream.New(u, p.cfg.Issuer, nil, p.now)
		if err != nil {
			return nil, err
		}
		all[name] = provider
	}
	return all, nil
}

// waiting keeps the logins that are under way there.
func (p parts) waiting() *upstream.Waiting {
	return &upstream.Waiting{Artifacts: p.store, Sealer: p.sealer, Now: p.now}
}
