package chronicle

import (
	"strings"
	"testing"
	"unicode/utf8"
)

func TestMask(t *testing.T) {
	for in, want := range map[string]string{
		"u17@drill.test": "u•••7@drill.test", "anna.schmidt@drill.test": "a•••t@drill.test", "ab@drill.test": "a•••@drill.test", "a@drill.test": "a•••@drill.test",
		"nobody": "n•••y", "": "", "@drill.test": "@drill.test", `"a@b"@drill.test`: `"•••"@drill.test`,
		"Ünal@drill.test": "Ü•••l@drill.test", "äö@drill.test": "ä•••@drill.test", "\xff\xfe\xfd@drill.test": "�•••�@drill.test",
	} {
		if got := Mask(in); got != want {
			t.Errorf("Mask(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestCut(t *testing.T) {
	for _, c := range []struct {
		in   string
		most int
		want string
	}{
		{"", 3, ""}, {"abc", 3, "abc"}, {"abcd", 3, "ab…"}, {"äöü", 3, "äöü"}, {"äöüß", 3, "äö…"}, {"\xff\xff\xff\xff", 3, "\xff\xff…"}, {"abcd", 1, "…"},
	} {
		if got := cut(c.in, c.most); got != c.want {
			t.Errorf("cut(%q, %d) = %q, want %q", c.in, c.most, got, c.want)
		}
	}
	if got := cut(strings.Repeat("ü", 1<<20), TextMost); utf8.RuneCountInString(got) != TextMost {
		t.Errorf("%d characters", utf8.RuneCountInString(got))
	}
}

func TestVeil(t *testing.T) {
	v := veil{}
	for _, c := range []struct{ got, want string }{
		{v.mailbox("anna@drill.test/INBOX"), "a•••a@drill.test/INBOX"},
		{v.mailbox("anna@drill.test"), "a•••a@drill.test"},
		{v.foreign("550 5.1.1 <anna@drill.test>: user unknown"), "550 5.1.1 <a•••a@drill.test>: user unknown"},
		{v.foreign("orig_to=bob.b@x.test, to=anna@drill.test;"), "orig_to=b•••b@x.test, to=a•••a@drill.test;"},
		{v.foreign("no address, an @ alone"), "no address, an @ alone"},
		{v.path("/srv/mail/drill.test/anna/new/1.M2", "anna@drill.test"), "/srv/mail/drill.test/a•••a/new/1.M2"},
		{v.path("/srv/mail/anna@drill.test/new/1.M2", "anna@drill.test"), "/srv/mail/a•••a@drill.test/new/1.M2"},
		{veil{off: true}.foreign("<anna@drill.test>"), "<anna@drill.test>"},
		{veil{off: true}.path("/srv/anna/1", "anna@drill.test"), "/srv/anna/1"},
		{veil{off: true}.mailbox("anna@drill.test/INBOX"), "anna@drill.test/INBOX"},
	} {
		if c.got != c.want {
			t.Errorf("got %q, want %q", c.got, c.want)
		}
	}
}

func TestReadNumbers(t *testing.T) {
	for text, good := range map[string]bool{
		"3": true, "3-7": true, "0-4294967295": true, "7-3": false, "-": false, "3-": false, "-3": false, "4294967296": false, "x": false, "3-7-9": false,
		"９": false, "1e3": false, strings.Repeat("9", 1<<16): false,
	} {
		if _, err := readNumbers(text); (err == nil) != good {
			t.Errorf("readNumbers(%.20q): %v", text, err)
		} else if err != nil && len(err.Error()) > 200 {
			t.Errorf("an error of %d bytes", len(err.Error()))
		}
	}
}
