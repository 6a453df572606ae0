package selfservice

import "time"

// Home is what the page account shows.
type Home struct {
	User              string
	Token, TokenField string
	Notice            string
	Weak              bool // a change takes another sign-in
	Sections          []Section
	Clients           []Client
	Sessions          []Session
}

// Client is an application that the user allowed something.
type Client struct {
	N             int // from 1
	ID, Name      string
	Scopes        []string // in words
	Given         Fact
	Policy, Terms string // addresses; empty: none
	// Open is where a login at the application begins (OpenID Connect Core 4); empty:
	// nobody knows.
	Open string
}

// Section is a kind of factor with what the user has of it.
type Section struct {
	ID, Title string
	Items     []Item
	Factor    string // what the button adds
	Add       string // on the button; empty: there is none
}

// Item is one factor.
type Item struct {
	N        int // on the whole page, from 1
	ID, Name string
	Facts    []Fact
	Named    bool // by the user
	Last     bool // the user can't do without it
}

// Session is one session.
type Session struct {
	N                int // from 1
	Key              string
	This             bool // the visitor's own
	Browser, Address string
	Began            Fact
}

// Fact is a line that tells something, with the time of it.
type Fact struct {
	Text   string
	Moment string // for people; empty: none
	ISO    string // the same for programs
}

func fact(text string, at time.Time) Fact {
	return Fact{Text: text, Moment: moment(at), ISO: at.UTC().Format(time.RFC3339)}
}
