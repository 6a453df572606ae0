package selfservice

import "strings"

// maxShown is how much of a user agent that nobody knows is shown, in bytes.
const maxShown = 60

// browserOf names the browser that calls itself by this user agent. It is what the
// browser says, for its user to recognise.
func browserOf(agent string) string {
	browser := first(agent, [][2]string{
		// Most call themselves by others' names too, so the order matters.
		{"Edg", "Edge"}, {"OPR/", "Opera"}, {"SamsungBrowser/", "Samsung Internet"}, {"Firefox/", "Firefox"}, {"FxiOS/", "Firefox"},
		{"CriOS/", "Chrome"}, {"Chrome/", "Chrome"}, {"Chromium/", "Chromium"}, {"Safari/", "Safari"},
	})
	system := first(agent, [][2]string{
		{"iPhone", "iPhone"}, {"iPad", "iPad"}, {"Android", "Android"}, {"Windows", "Windows"}, {"Macintosh", "Mac"},
		{"CrOS", "ChromeOS"}, {"Linux", "Linux"},
	})
	switch {
	case browser != "" && system != "":
		return browser + " on " + system
	case browser != "":
		return browser
	case agent == "":
		return "Unknown browser"
	}
	return strings.ToValidUTF8(agent[:min(maxShown, len(agent))], "\uFFFD")
}

func first(text string, names [][2]string) string {
	for _, n := range names {
		if strings.Contains(text, n[0]) {
			return n[1]
		}
	}
	return ""
}
