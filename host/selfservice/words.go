package selfservice

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// wordsOf says what amr values (RFC 8176) stand for; one that has no word is shown as
// it is.
func wordsOf(amr []string) []string {
	words := map[string]string{
		"pwd": "a password", "pin": "a PIN", "kba": "an answer that only you know",
		"otp": "a code", "sms": "a code by SMS", "tel": "a phone call",
		"hwk": "a passkey on one device", "pop": "a passkey on one device", "swk": "a passkey that is synced", "user": "a touch of the device",
		"face": "your face", "fpt": "your finger", "mfa": "two different kinds of proof, such as a password and a code",
	}
	var all []string
	for _, value := range amr {
		word, ok := words[value]
		if !ok {
			word = value
		}
		if !slices.Contains(all, word) {
			all = append(all, word)
		}
	}
	return all
}

func joined(words []string) string { return strings.Join(words, " and ") }

// inWords is a length of time for a sentence, to the minute.
func inWords(d time.Duration) string {
	switch minutes := int(d.Round(time.Minute).Minutes()); {
	case minutes <= 1:
		return "a minute"
	case minutes < 120:
		return fmt.Sprintf("%d minutes", minutes)
	default:
		return fmt.Sprintf("%d hours", minutes/60)
	}
}

// moment is a time as the pages show it.
func moment(t time.Time) string { return t.UTC().Format("2 January 2006, 15:04 UTC") }
