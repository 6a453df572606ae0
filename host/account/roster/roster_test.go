package roster_test

import (
	"bytes"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/acrhost/acrhost/host/account"
	"github.com/acrhost/acrhost/host/account/passhash"
	"github.com/acrhost/acrhost/host/account/roster"
	"github.com/acrhost/acrhost/host/store/memory"
)

const (
	bcrypt   = "$2b$04$SYODUlilFvQ963FcRxuIROfpzCqTq0j5gb0rTc2JSBdq/4SQhonRq"
	django   = "pbkdf2_sha256$1000$sodiumChlorid$YAHbv+FL3muCT6k3IpmG2maTCamqBcjjXMhwj8u31/w="
	password = "correct horse" // of both
)

func accounts(t testing.TB, s *memory.Store) *account.Service {
	t.Helper()
	a, err := account.New(account.Config{Users: s, Audit: s, Cost: passhash.Cost{MemoryKiB: 8, Iterations: 1}})
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// run imports a text, and gives the faults with their lines.
func run(t testing.TB, a *account.Service, f roster.Format, text string, change ...func(*roster.Import)) (roster.Done, []string, error) {
	t.Helper()
	var faults []string
	i := roster.Import{
		Accounts: a, From: strings.NewReader(text), Format: f, Conflict: roster.Fail,
		Fault:    func(f roster.Fault) { faults = append(faults, fmt.Sprintf("%d: %s", f.Line, f.Message)) },
		Progress: func(string, int) {},
	}
	for _, c := range change {
		c(&i)
	}
	done, err := i.Run(t.Context())
	return done, faults, err
}

func on(c roster.Conflict) func(*roster.Import) { return func(i *roster.Import) { i.Conflict = c } }

func can(t testing.TB, a *account.Service, name, password string) account.Verified {
	t.Helper()
	v, err := a.VerifyPassword(t.Context(), name, password)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestImportedUsersSignIn(t *testing.T) {
	for name, test := range map[string]struct {
		format roster.Format
		text   string
	}{
		"CSV": {roster.CSV, "\ufeffname,email,email_verified,phone,password_hash,claims,disabled,id,change_password\n" +
			"carol,carol@example.com,true,+15555550103," + bcrypt + `,"{""name"":""Carol, C.""}",,sub-1,` + "\n" +
			"dave,,,," + django + ",,true,,true\n"},
		"a JSON array": {roster.JSON, `[{"name":"carol","email":"carol@example.com","email_verified":true,"phone":"+15555550103","password_hash":"` + bcrypt +
			`","claims":{"name":"Carol, C."},"id":"sub-1"}, {"name":"dave","password_hash":"` + django + `","disabled":true,"change_password":true}]`},
		"JSON lines": {roster.JSON, `{"name":"carol","email":"carol@example.com","email_verified":true,"phone":"+15555550103","password_hash":"` + bcrypt +
			`","claims":{"name":"Carol, C."},"id":"sub-1"}` + "\n" + `{"name":"dave","password_hash":"` + django + `","disabled":true,"change_password":true}` + "\n"},
	} {
		t.Run(name, func(t *testing.T) {
			s := memory.New()
			a := accounts(t, s)
			done, faults, err := run(t, a, test.format, test.text)
			if err != nil || done != (roster.Done{Added: 2}) {
				t.Fatalf("%+v, %v, %v", done, faults, err)
			}
			v := can(t, a, "carol", password)
			if !v.OK || v.Change || v.User.ID != "sub-1" || v.User.Email != "carol@example.com" || !v.User.EmailVerified || v.User.Claims["name"] != "Carol, C." {
				t.Errorf("carol: %+v", v)
			}
			if v := can(t, a, "dave", password); v.OK || !v.User.Disabled {
				t.Errorf("dave is disabled: %+v", v)
			}
			no := false
			if err := a.Update(t.Context(), can(t, a, "dave", "").User.ID, account.Change{Disabled: &no}); err != nil {
				t.Fatal(err)
			}
			if v := can(t, a, "dave", password); !v.OK || !v.Change {
				t.Errorf("dave has to choose another password: %+v", v)
			}
			events, err := s.Events(t.Context(), 10)
			if err != nil || len(events) != 1 || events[0].Type != "users.imported" {
				t.Errorf("events %+v, %v", events, err)
			}
		})
	}
}

// All faults are told at once, with their lines, and nothing is written.
func TestImportFaults(t *testing.T) {
	const row = "carol,carol@example.com,true," + bcrypt + "\n"
	tests := []struct {
		name   string
		format roster.Format
		text   string
		want   []string // how each begins
	}{
		{"an empty file", roster.CSV, "", []string{"1: the file is empty"}},
		{"columns", roster.CSV, "mail,email,email\n", []string{`1: unknown column "mail" (hint: did you mean email?)`, "1: the column email comes twice", "1: there is no column name"}},
		{"rows", roster.CSV, "name,email,email_verified,password_hash\n" + row + "dave,x,maybe,\n,,,\ncarol,,,\nerin,,\nfred,a@example.com,true,secret\n\"gus\nh\",,,\n", []string{
			"3: email_verified: it must be true, false or empty", `4: name "": not a user name`, `5: name "carol": the user stands in line 2`,
			"6: the row does not have as many fields", "7: password_hash: not a password hash", `8: name "gus`,
		}},
		{"quotes", roster.CSV, "name\nca\"rol\ndave\n\"erin\n", []string{"2: no CSV", "4: no CSV"}},
		{"values", roster.JSON, `{"name":"carol","email":"nonsense","phone":"123","id":"a b"}` + "\n" +
			`{"name":"dave","email_verified":true,"claims":{"sub":"admin","name":"D","address":"Bern"}}` + "\n\n" +
			`{"name":"erin","password":"in the clear"}` + "\n" + `{"name":"fred","password":"in the clear","password_hash":"` + bcrypt + `"}`, []string{
			"1: id: ", `1: email "nonsense"`, `1: phone "123"`, "2: email_verified: there is no email", "2: claims: sub is the host's", "2: claims: address must be an object",
			"4: password: passwords in the clear are refused", "5: password: there is a password_hash too",
		}},
		{"members", roster.JSON, "[\n" + `{"name":"carol","mail":"x"},` + "\n" + `{"name":7},` + "\n" + `"dave",` + "\n" + `{"name":"erin","claims":[]}` + "\n]", []string{
			`2: unknown member "mail"`, "3: name: it must not be a number", "4: a string, where an object", "5: claims: it must not be a list",
		}},
		{"no JSON", roster.JSON, `{"name":"carol"}` + "\n\n" + `{"name":"dave",}`, []string{"3: no JSON"}},
		{"a cut array", roster.JSON, `[{"name":"carol"},`, []string{"1: no JSON"}},
		{"members twice", roster.JSON, `{"name":"carol","name":"dave"}`, []string{"1: no JSON"}},
		{"ids twice", roster.JSON, `{"name":"carol","id":"a"}{"name":"dave","id":"a"}`, []string{"1: id: it is that of line 1"}},
		{"names that are one", roster.JSON, `{"name":"Carol"}` + "\n" + `{"name":"ｃａｒｏｌ"}`, []string{"2: name"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			a := accounts(t, memory.New())
			done, faults, err := run(t, a, test.format, test.text)
			if !errors.Is(err, roster.ErrFaults) || done != (roster.Done{}) {
				t.Errorf("%+v, %v", done, err)
			}
			slices.SortStableFunc(faults, func(a, b string) int { return strings.Compare(a[:2], b[:2]) })
			for i := range max(len(faults), len(test.want)) {
				if i >= len(faults) || i >= len(test.want) || !strings.HasPrefix(faults[i], test.want[i]) {
					t.Fatalf("faults:\n%s\nwant:\n%s", strings.Join(faults, "\n"), strings.Join(test.want, "\n"))
				}
			}
			if all := strings.Join(faults, "\n"); strings.Contains(all, "in the clear\"") || strings.Contains(all, "SYOD") {
				t.Errorf("a fault repeats a secret: %s", all)
			}
			if users, err := a.List(t.Context(), "", 10); err != nil || len(users) != 0 {
				t.Errorf("written: %v, %v", users, err)
			}
		})
	}
}

func TestExistingUsers(t *testing.T) {
	const text = "name,email,claims\nCAROL,new@example.com,\ndave,,\n"
	fresh := func() *account.Service {
		a := accounts(t, memory.New())
		if _, err := a.Create(t.Context(), account.NewUser{Name: "carol", Password: "a password", Email: "old@example.com", Phone: "+15555550103", Claims: map[string]any{"a": 1}}); err != nil {
			t.Fatal(err)
		}
		return a
	}
	for _, test := range []struct {
		conflict roster.Conflict
		done     roster.Done
		faults   int
		email    string
	}{
		{roster.Fail, roster.Done{}, 1, "old@example.com"},
		{roster.Skip, roster.Done{Added: 1, Skipped: 1}, 0, "old@example.com"},
		{roster.Update, roster.Done{Added: 1, Updated: 1}, 0, "new@example.com"},
	} {
		for _, dry := range []bool{true, false} {
			a := fresh()
			done, faults, err := run(t, a, roster.CSV, text, on(test.conflict), func(i *roster.Import) { i.DryRun = dry })
			if done != test.done || len(faults) != test.faults || errors.Is(err, roster.ErrFaults) != (test.faults > 0) {
				t.Errorf("%s, dry %v: %+v, %v, %v", test.conflict, dry, done, faults, err)
			}
			carol := can(t, a, "carol", "a password")
			_, noDave := a.Find(t.Context(), "dave")
			if dry && (carol.User.Email != "old@example.com" || noDave == nil) {
				t.Errorf("%s: a dry run writes", test.conflict)
			}
			if !dry && carol.User.Email != test.email {
				t.Errorf("%s: carol is %+v", test.conflict, carol.User)
			}
			// What no column says stays, and so does the password.
			if !carol.OK || carol.User.Phone != "+15555550103" {
				t.Errorf("%s: carol is %+v", test.conflict, carol)
			}
		}
	}
	a := fresh()
	if _, faults, _ := run(t, a, roster.JSON, `{"name":"carol","id":"another"}`, on(roster.Update)); len(faults) != 1 || !strings.Contains(faults[0], "can't change") {
		t.Errorf("another id: %v", faults)
	}
	carol, err := a.Find(t.Context(), "carol")
	if err != nil {
		t.Fatal(err)
	}
	if _, faults, _ := run(t, a, roster.JSON, `{"name":"dave","id":"`+carol.ID+`"}`); len(faults) != 1 || !strings.Contains(faults[0], `"carol"`) {
		t.Errorf("somebody's id: %v", faults)
	}
}

func TestPlainPasswords(t *testing.T) {
	plain := func(i *roster.Import) { i.InsecurePlain = true }
	a := accounts(t, memory.New())
	if done, faults, err := run(t, a, roster.CSV, "name,password\ncarol,a long password\n", plain); err != nil || done.Added != 1 || !can(t, a, "carol", "a long password").OK {
		t.Errorf("%+v, %v, %v", done, faults, err)
	}
	if _, faults, _ := run(t, a, roster.CSV, "name,password\ndave,secret7\n", plain); len(faults) != 1 || !strings.Contains(faults[0], "shorter than 8") || strings.Contains(faults[0], "secret7") {
		t.Errorf("a short one: %v", faults)
	}
}

// What is exported and imported elsewhere is the same: ids, hashes and all.
func TestRoundTrip(t *testing.T) {
	from := memory.New()
	a := accounts(t, from)
	if _, _, err := run(t, a, roster.JSON, `{"name":"Carol","email":"carol@example.com","email_verified":true,"claims":{"name":"C, \"C\"\nC","n":1.5},"password_hash":"`+bcrypt+`","change_password":true}
		{"name":"dave","phone":"+15555550103","phone_verified":true,"disabled":true}`); err != nil {
		t.Fatal(err)
	}
	if _, err := a.Create(t.Context(), account.NewUser{Name: "erin", Password: "a long password"}); err != nil {
		t.Fatal(err)
	}
	for _, format := range []roster.Format{roster.CSV, roster.JSON} {
		first := export(t, a, format, true)
		to := memory.New()
		b := accounts(t, to)
		if done, faults, err := run(t, b, format, first); err != nil || done.Added != 3 {
			t.Fatalf("%s: %+v, %v, %v\n%s", format, done, faults, err, first)
		}
		if diff := cmp.Diff(first, export(t, b, format, true)); diff != "" {
			t.Errorf("%s:\n%s", format, diff)
		}
		// The same again, as an update, changes nothing.
		if done, faults, err := run(t, b, format, first, on(roster.Update)); err != nil || done.Updated != 3 {
			t.Errorf("%s: %+v, %v, %v", format, done, faults, err)
		}
		if diff := cmp.Diff(first, export(t, b, format, true)); diff != "" {
			t.Errorf("%s, updated:\n%s", format, diff)
		}
		if v := can(t, b, "carol", password); !v.OK || !v.Change {
			t.Errorf("%s: carol %+v", format, v)
		}
		open := export(t, a, format, false)
		if strings.Contains(open, "$") || strings.Contains(open, "password") {
			t.Errorf("%s has secrets without being asked: %s", format, open)
		}
	}
}

func export(t testing.TB, a *account.Service, f roster.Format, hashes bool) string {
	t.Helper()
	var b bytes.Buffer
	if _, err := roster.Export(t.Context(), a, &b, f, hashes); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// Many users go through without being held in memory, also over the pages of a list.
func TestManyUsers(t *testing.T) {
	const many = 3000
	var b strings.Builder
	b.WriteString("name,email\n")
	for i := range many {
		fmt.Fprintf(&b, "user%d,user%d@example.com\n", i, i)
	}
	a := accounts(t, memory.New())
	reported := 0
	done, faults, err := run(t, a, roster.CSV, b.String(), func(i *roster.Import) { i.Progress = func(string, int) { reported++ } })
	if err != nil || done.Added != many || reported != 2*many {
		t.Fatalf("%+v, %d reports, %v, %v", done, reported, faults, err)
	}
	w := &counting{}
	runtime.GC()
	count, err := roster.Export(t.Context(), a, w, roster.CSV, true)
	if err != nil || count != many || w.lines != many+1 || w.most > 64<<10 {
		t.Errorf("%d users, %d lines, %d bytes at once, %v", count, w.lines, w.most, err)
	}
}

type counting struct{ lines, most int }

func (c *counting) Write(b []byte) (int, error) {
	c.lines += bytes.Count(b, []byte("\n"))
	c.most = max(c.most, len(b))
	return len(b), nil
}

// A store that fails in the middle: what was written by then is told.
func TestImportThatBreaks(t *testing.T) {
	s := &failing{Store: memory.New(), after: 3}
	a, err := account.New(account.Config{Users: s, Cost: passhash.Cost{MemoryKiB: 8, Iterations: 1}})
	if err != nil {
		t.Fatal(err)
	}
	done, _, err := run(t, a, roster.CSV, "name\na\nb\nc\nd\ne\n")
	if err == nil || errors.Is(err, roster.ErrFaults) || done.Added > 3 {
		t.Errorf("%+v, %v", done, err)
	}
}

// Whatever a file holds: no panic, no user without a fault-free file, no secret in a fault.
func FuzzImport(f *testing.F) {
	f.Add("name,email\ncarol,carol@example.com\n", true)
	f.Add(`[{"name":"carol","claims":{"a":1}}]`, false)
	f.Add(`{"name":"carol","password_hash":"`+bcrypt+`"}`, false)
	f.Fuzz(func(t *testing.T, text string, asCSV bool) {
		format := roster.JSON
		if asCSV {
			format = roster.CSV
		}
		a := accounts(t, memory.New())
		done, faults, err := run(t, a, format, text)
		users, listErr := a.List(t.Context(), "", 10_000)
		if listErr != nil || len(users) != done.Added || (len(faults) > 0) != errors.Is(err, roster.ErrFaults) || len(faults) > 0 && len(users) > 0 {
			t.Errorf("%+v, %d users, faults %q, %v", done, len(users), faults, err)
		}
	})
}
