package account_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/acrhost/acrhost/host/account"
)

func TestAddress(t *testing.T) {
	type object = map[string]any
	for name, row := range map[string]struct {
		claims, want object
		fault        string
	}{
		"none":            {nil, object{}, ""},
		"whole":           {object{"address": object{"street_address": "Main Street 1\nback", "country": "CH"}}, object{"street_address": "Main Street 1\nback", "country": "CH"}, ""},
		"operator's own":  {object{"address": object{"locality": "Bern", "delivery_notes": object{"dog": true}}}, object{"locality": "Bern"}, ""},
		"empty":           {object{"address": object{"region": ""}}, object{}, ""},
		"a text":          {object{"address": "Bern"}, object{}, `address must be an object, such as {"street_address": "Main Street 1", "locality": "Bern"}`},
		"null":            {object{"address": nil}, object{}, `address must be an object, such as {"street_address": "Main Street 1", "locality": "Bern"}`},
		"a number inside": {object{"address": object{"postal_code": float64(3000), "locality": "Bern"}}, object{"locality": "Bern"}, "postal_code of address must be a text"},
	} {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(row.want, account.Address(row.claims)); diff != "" {
				t.Error(diff)
			}
			fault := ""
			if err := account.CheckAddress(row.claims); err != nil {
				fault = err.Error()
			}
			if fault != row.fault {
				t.Errorf("fault %q", fault)
			}
		})
	}
}
