package page

import (
	"fmt"
	"html/template"
	"strings"

	"github.com/boombuler/barcode/qr"
)

// quietZone is the white border that a reader needs, in modules (ISO/IEC 18004 5.3.8).
const quietZone = 4

// qrCode is a text as an SVG image's inside: its side in modules, and the path of
// the dark ones.
type qrCode struct {
	Side int
	Path string
}

// newQR draws a text; level M survives what a screen does to it. It is nil when the text
// does not fit.
func newQR(text string) *qrCode {
	code, err := qr.Encode(text, qr.M, qr.Unicode)
	if err != nil {
		return nil
	}
	size := code.Bounds().Dx()
	var path strings.Builder
	for y := range size {
		for x := range size {
			if r, _, _, _ := code.At(x, y).RGBA(); r == 0 {
				fmt.Fprintf(&path, "M%d %dh1v1h-1z", x+quietZone, y+quietZone)
			}
		}
	}
	return &qrCode{Side: size + 2*quietZone, Path: path.String()}
}

// link is an otpauth: address, which the template would not let into an href. It
// comes from the host.
func link(uri string) template.URL {
	if !strings.HasPrefix(uri, "otpauth://totp/") {
		return ""
	}
	return template.URL(uri)
}
