package docker

import (
	"bufio"
	"fmt"
	"net"
	"strings"
	"testing"

	"maildrill/harness/topology"
)

func TestExpect(t *testing.T) {
	for _, tt := range []struct {
		said, want string
		ok         bool
	}{
		{"220 mx1 ESMTP\r\n", "220", true},
		{"421 busy\r\n", "220", false},
		{"22", "220", false},
		{"anything", "", true},
	} {
		if err := expect(strings.NewReader(tt.said), tt.want); (err == nil) != tt.ok {
			t.Errorf("expect(%q, %q) = %v", tt.said, tt.want, err)
		}
	}
}

func TestLogin(t *testing.T) {
	for answer, ok := range map[string]bool{
		"* CAPABILITY IMAP4rev1\r\nr1 OK logged in\r\n": true,
		"r1 NO [AUTHENTICATIONFAILED] no\r\n":           false,
		"* BYE\r\n":                                     false,
	} {
		here, there := net.Pipe()
		asked := make(chan string, 1)
		go func() {
			line, _ := bufio.NewReader(there).ReadString('\n')
			asked <- line
			fmt.Fprint(there, answer)
			_ = there.Close()
		}()
		err := login(here, topology.Account{User: `u"1@drill.test`, Password: "drill"})
		if (err == nil) != ok {
			t.Errorf("login answered %q = %v", answer, err)
		}
		if got, want := <-asked, `r1 LOGIN "u\"1@drill.test" "drill"`+"\r\n"; got != want {
			t.Errorf("asked %q, want %q", got, want)
		}
	}
}
