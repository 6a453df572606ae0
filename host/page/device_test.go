package page_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/acrhost/acrhost/host/page"
)

func TestDevicePages(t *testing.T) {
	pages := page.New(page.Config{})
	const evil = `"><script>alert(1)</script>`
	show := func(write func(w http.ResponseWriter, r *http.Request)) (int, string) {
		w := httptest.NewRecorder()
		write(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/device", http.NoBody))
		if strings.Contains(w.Body.String(), "<script") || !strings.Contains(w.Header().Get("Content-Security-Policy"), "form-action 'self';") {
			t.Errorf("%v %s", w.Header(), w.Body)
		}
		return w.Code, w.Body.String()
	}
	for name, row := range map[string]struct {
		write  func(w http.ResponseWriter, r *http.Request)
		status int
		has    []string
	}{
		"code": {func(w http.ResponseWriter, r *http.Request) {
			pages.DeviceCode(w, r, page.DeviceCode{Action: "/device", Field: "user_code", Code: evil})
		}, 200, []string{`id="user_code" name="user_code"`, `id="submit"`, `action="/device"`, `value="&#34;&gt;`}},
		"wrong code": {func(w http.ResponseWriter, r *http.Request) {
			pages.DeviceCode(w, r, page.DeviceCode{Wrong: true})
		}, 200, []string{`id="_error"`, "No device shows this code"}},
		"too many": {func(w http.ResponseWriter, r *http.Request) {
			pages.DeviceCode(w, r, page.DeviceCode{Wait: 1500 * time.Millisecond})
		}, 429, []string{`id="_error"`, "Wait 2 seconds"}},
		"confirm": {func(w http.ResponseWriter, r *http.Request) {
			pages.DeviceConfirm(w, r, page.DeviceConfirm{Action: "/device/confirm", Field: "_device", Token: "T", Decision: "_action", Client: evil, Scopes: []string{"openid", evil}, Claims: []string{"phone_number", evil}, Details: []string{`pay: amount "1"`, evil}})
		}, 200, []string{`id="approve" name="_action" value="approve"`, `id="deny" name="_action" value="deny"`, `name="_device" value="T"`, `id="warning"`, `id="client"`, "<li>openid</li>", "<li>phone_number</li>", "<li>pay: amount &#34;1&#34;</li>"}},
		"done":   {func(w http.ResponseWriter, r *http.Request) { pages.DeviceDone(w, r, true) }, 200, []string{`id="done"`}},
		"failed": {func(w http.ResponseWriter, r *http.Request) { pages.DeviceDone(w, r, false) }, 200, []string{`id="failed"`}},
	} {
		status, body := show(row.write)
		if status != row.status {
			t.Errorf("%s: status %d", name, status)
		}
		for _, part := range row.has {
			if !strings.Contains(body, part) {
				t.Errorf("%s lacks %s: %s", name, part, body)
			}
		}
	}
}
