package starttls

import (
	"bufio"
	"crypto/tls"
	"io"
	"net"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/emersion/go-imap/v2/imapclient"
)

// server says a greeting, and answers commands from a table until STARTTLS.
func server(t *testing.T, conn net.Conn, greeting string, answers map[string]string) {
	certified := httptest.NewTLSServer(nil)
	t.Cleanup(certified.Close)
	if greeting != "" {
		io.WriteString(conn, greeting+"\r\n")
	}
	for in := bufio.NewScanner(conn); in.Scan(); {
		tag, command, _ := strings.Cut(in.Text(), " ")
		verb, _, _ := strings.Cut(command, " ")
		answer, ok := answers[verb]
		if !ok {
			answer = "TAG BAD what is that"
		}
		io.WriteString(conn, strings.ReplaceAll(answer, "TAG", tag)+"\r\n")
		if verb == "STARTTLS" && strings.Contains(answer, "OK") {
			private := tls.Server(conn, &tls.Config{Certificates: certified.TLS.Certificates})
			server(t, private, "", answers)
			return
		}
	}
}

func TestIMAPMakesPrivateWhatWantsIt(t *testing.T) {
	const in = "TAG OK [CAPABILITY IMAP4rev1] in"
	for name, c := range map[string]struct {
		greeting string
		answers  map[string]string
		private  bool
		wrong    string
	}{
		"it takes passwords":            {greeting: "* OK [CAPABILITY IMAP4rev1 STARTTLS AUTH=PLAIN] hello", answers: map[string]string{"LOGIN": in}},
		"not in clear":                  {greeting: "* OK [CAPABILITY IMAP4rev1 STARTTLS LOGINDISABLED] hello", answers: map[string]string{"STARTTLS": "TAG OK go", "LOGIN": in}, private: true},
		"a proxy that says it if asked": {greeting: "* OK IMAP4 ready", answers: map[string]string{"CAPABILITY": "* CAPABILITY IMAP4rev1 STARTTLS LOGINDISABLED\r\nTAG OK done", "STARTTLS": "TAG OK go", "LOGIN": in}, private: true},
		"STARTTLS is refused":           {greeting: "* OK [CAPABILITY LOGINDISABLED] hello", answers: map[string]string{"STARTTLS": "TAG NO not today"}, wrong: "not today"},
	} {
		t.Run(name, func(t *testing.T) {
			here, there := net.Pipe()
			defer here.Close()
			go server(t, there, c.greeting, c.answers)
			conn, err := IMAP(here)
			if c.wrong != "" {
				if err == nil || !strings.Contains(err.Error(), c.wrong) {
					t.Errorf("error %v, want one with %q", err, c.wrong)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			_, private := conn.(*begun).Conn.(*tls.Conn)
			if private != c.private {
				t.Errorf("private %v, want %v", private, c.private)
			}
			client := imapclient.New(conn, nil)
			if err := client.WaitGreeting(); err != nil {
				t.Fatal(err)
			}
			if err := client.Login("u1", "secret").Wait(); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestIMAPPassesOnWhatIsNoGreeting(t *testing.T) {
	here, there := net.Pipe()
	go func() { io.WriteString(there, "* BYE full\r\n"); there.Close() }()
	conn, err := IMAP(here)
	if err != nil {
		t.Fatal(err)
	}
	if err := imapclient.New(conn, nil).WaitGreeting(); err == nil {
		t.Error("a BYE was taken for a greeting")
	}
	silent, gone := net.Pipe()
	go gone.Close()
	if _, err := IMAP(silent); err == nil {
		t.Error("no greeting, and no error")
	}
}
