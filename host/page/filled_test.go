package page_test

import (
	"image"
	"image/color"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/go-chi/chi/v5"
	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/qrcode"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"github.com/acrhost/acrhost/host/page"
	"github.com/acrhost/acrhost/sdk/go/abi"
)

const otpauth = "otpauth://totp/Example%20Bank:alice?issuer=Example%20Bank&secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"

// one is a page with one field whose content comes from the host, as a step asks for
// it.
func one(t abi.FieldType, filled page.Filled, more ...abi.Field) page.Prompt {
	q := page.Prompt{Prompt: &abi.Prompt{Title: "The title", Text: "What to do."}, Action: "/login/r_1", Token: "0.token", Client: "Example App"}
	q.Fields = append([]abi.Field{{Name: "it", Type: t}}, more...)
	q.Actions = []abi.Action{{Name: "submit", Label: "Continue"}, {Name: "other", Label: "Another way"}}
	q.Filled = map[string]page.Filled{"it": filled}
	return q
}

func passkeyPage(t abi.FieldType) page.Prompt {
	return one(t, page.Filled{Options: `{"challenge":"AAAA","rpId":"id.example.com"}`}, abi.Field{Name: "name", Type: abi.Text, Label: "Name"})
}

func totpPage() page.Prompt {
	return one(abi.TOTPCreate, page.Filled{Secret: "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP", URI: otpauth}, abi.Field{Name: "code", Type: abi.OTP, Label: "Code", Required: true})
}

func codesPage() page.Prompt {
	return one(abi.RecoveryCodes, page.Filled{Codes: []string{"0123-4567-89ab", "cdef-ghjk-mnpq"}})
}

func TestGoldenOfFilled(t *testing.T) {
	for name, q := range map[string]page.Prompt{
		"prompt-passkey-get": passkeyPage(abi.PasskeyGet), "prompt-passkey-create": passkeyPage(abi.PasskeyCreate),
		"prompt-totp": totpPage(), "prompt-recovery-codes": codesPage(), "prompt-expired": one(abi.TOTPCreate, page.Filled{}),
	} {
		t.Run(name, func(t *testing.T) {
			body := promptPage(q).Body.String()
			if script := scriptOf(t, body); script != "" {
				body = strings.ReplaceAll(body, script, "/assets/PASSKEY.js")
			}
			golden(t, name, body)
		})
	}
}

// scriptOf is the address of the page's one script, empty without one.
func scriptOf(t *testing.T, body string) string {
	t.Helper()
	var found []string
	for n := range parse(t, body).Descendants() {
		if n.DataAtom == atom.Script {
			found = append(found, attr(n, "src"))
			if n.FirstChild != nil {
				t.Errorf("a script stands in the page: %s", n.FirstChild.Data)
			}
		}
	}
	if len(found) > 1 {
		t.Errorf("scripts %q", found)
	}
	return strings.Join(found, "")
}

// A page with a passkey may run its one script, from a file of its own, and no other
// page any.
func TestScriptOfAPasskey(t *testing.T) {
	for name, q := range map[string]page.Prompt{"get": passkeyPage(abi.PasskeyGet), "create": passkeyPage(abi.PasskeyCreate)} {
		w := promptPage(q)
		want := "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; frame-ancestors 'none'; base-uri 'none'; " +
			"script-src 'self'; require-trusted-types-for 'script'; trusted-types 'none'"
		if got := w.Header().Get("Content-Security-Policy"); got != want {
			t.Errorf("%s: policy\n%s, not\n%s", name, got, want)
		}
		mux := chi.NewRouter()
		newPages().Routes(mux)
		served := written(func(w http.ResponseWriter, r *http.Request) {
			r.URL.Path = scriptOf(t, promptPage(q).Body.String())
			mux.ServeHTTP(w, r)
		})
		if served.Code != http.StatusOK || served.Header().Get("Content-Type") != "text/javascript; charset=utf-8" || !strings.Contains(served.Body.String(), "navigator.credentials") {
			t.Errorf("%s: the script is %d %v", name, served.Code, served.Header())
		}
	}
	for name, q := range map[string]page.Prompt{
		"a passkey that is too old": one(abi.PasskeyGet, page.Filled{}), "an app": totpPage(), "codes": codesPage(), "every field": everyField(),
	} {
		w := promptPage(q)
		if policy := w.Header().Get("Content-Security-Policy"); strings.Contains(policy, "script") || scriptOf(t, w.Body.String()) != "" {
			t.Errorf("%s: policy %s", name, policy)
		}
	}
}

// What is too old is said to be, and there is a way on.
func TestExpired(t *testing.T) {
	for _, kind := range []abi.FieldType{abi.PasskeyGet, abi.PasskeyCreate, abi.TOTPCreate, abi.RecoveryCodes} {
		body := promptPage(one(kind, page.Filled{})).Body.String()
		if !strings.Contains(body, "open for too long") || !strings.Contains(body, `id="other"`) || strings.Contains(body, "data-passkey") || strings.Contains(body, "<svg") {
			t.Errorf("%s: %s", kind, body)
		}
	}
}

// What the page shows an app reads, and it is what the host meant.
func TestQRCode(t *testing.T) {
	long := otpauth + strings.Repeat("&x=%F0%9F%94%91", 60)
	for _, uri := range []string{otpauth, "otpauth://totp/B%C3%A4nk:%E5%B1%B1?secret=A", long} {
		q := totpPage()
		q.Filled["it"] = page.Filled{Secret: "JBSW", URI: uri}
		svg := elementOf(t, promptPage(q).Body.String(), "_qr-it")
		bitmap, err := gozxing.NewBinaryBitmapFromImage(drawn(t, svg))
		if err != nil {
			t.Fatal(err)
		}
		result, err := qrcode.NewQRCodeReader().Decode(bitmap, map[gozxing.DecodeHintType]any{gozxing.DecodeHintType_CHARACTER_SET: "UTF-8"})
		if err != nil {
			t.Fatalf("the code of %s can't be read: %v", uri, err)
		}
		if result.GetText() != uri {
			t.Errorf("reads %q, not %q", result.GetText(), uri)
		}
	}
}

func elementOf(t *testing.T, body, id string) *html.Node {
	t.Helper()
	for n := range parse(t, body).Descendants() {
		if attr(n, "id") == id {
			return n
		}
	}
	t.Fatalf("no element %q in %s", id, body)
	return nil
}

// drawn is the image of the page, each module some pixels wide.
func drawn(t *testing.T, svg *html.Node) image.Image {
	t.Helper()
	const scale = 4
	var side int
	var path string
	for n := range svg.Descendants() {
		switch n.Data {
		case "rect":
			side, _ = strconv.Atoi(attr(n, "width"))
		case "path":
			path = attr(n, "d")
		}
	}
	img := image.NewGray(image.Rect(0, 0, side*scale, side*scale))
	for i := range img.Pix {
		img.Pix[i] = 0xff
	}
	for _, m := range regexp.MustCompile(`M(\d+) (\d+)h1v1h-1z`).FindAllStringSubmatch(path, -1) {
		x, _ := strconv.Atoi(m[1])
		y, _ := strconv.Atoi(m[2])
		for i := range scale * scale {
			img.SetGray(x*scale+i%scale, y*scale+i/scale, color.Gray{})
		}
	}
	return img
}

// An address that no code can hold leaves the key to be typed in.
func TestQRCodeTooLong(t *testing.T) {
	q := totpPage()
	q.Filled["it"] = page.Filled{Secret: "JBSWY3DP", URI: otpauth + strings.Repeat("x", 4000)}
	w := promptPage(q)
	if w.Code != http.StatusOK || strings.Contains(w.Body.String(), "<svg") || !strings.Contains(w.Body.String(), "JBSW Y3DP") {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}

// The link opens an app, and nothing else.
func TestAppLink(t *testing.T) {
	for uri, want := range map[string]string{
		otpauth: otpauth, "javascript:alert(1)": "", "otpauth://totp.evil/": "", "https://evil.example/": "", " otpauth://totp/x": "",
	} {
		q := totpPage()
		q.Filled["it"] = page.Filled{Secret: "JBSW", URI: uri}
		if got := attr(elementOf(t, promptPage(q).Body.String(), "_link-it"), "href"); got != want {
			t.Errorf("%q links to %q", uri, got)
		}
	}
}

// filledWith is a page of each kind with s in everything that the host puts in: names
// are users' own, and options hold them.
func filledWith(s string) []page.Prompt {
	all := page.Filled{Options: s, Secret: s, URI: s, Codes: []string{s, s}}
	var pages []page.Prompt
	for _, kind := range []abi.FieldType{abi.PasskeyGet, abi.PasskeyCreate, abi.TOTPCreate, abi.RecoveryCodes} {
		q := one(kind, all)
		q.Fields[0].Label, q.Fields[0].Hint, q.Fields[0].Error = s, s, s
		pages = append(pages, q)
	}
	return pages
}

func TestFilledEscapes(t *testing.T) {
	harmless := filledWith("x")
	for _, attack := range attacks {
		for i, q := range filledWith(attack) {
			w := promptPage(q)
			if got, want := shape(t, w.Body.String()), shape(t, promptPage(harmless[i]).Body.String()); !slices.Equal(got, want) {
				t.Errorf("%q changes the page:\n%s", attack, w.Body)
			}
			if w.Header().Get("Content-Security-Policy") != promptPage(harmless[i]).Header().Get("Content-Security-Policy") {
				t.Errorf("%q changes the policy", attack)
			}
		}
	}
}
