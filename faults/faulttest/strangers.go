package faulttest

import (
	"bufio"
	"fmt"
	"net"
	"strings"
)

// strangers are servers that know nobody, by their protocol.
var strangers = map[string]func(net.Conn){"smtp": mailStranger, "lmtp": mailStranger, "imap": imapStranger, "pop3": popStranger}

// mailStranger takes no recipient.
func mailStranger(c net.Conn) {
	converse(c, "220 store1.drill.test ESMTP", func(line string) (answer string, over bool) {
		switch word, _, _ := strings.Cut(strings.ToUpper(line), " "); word {
		case "EHLO", "LHLO":
			return "250-store1.drill.test\r\n250 PIPELINING", false
		case "MAIL", "RSET", "NOOP":
			return "250 2.0.0 OK", false
		case "RCPT":
			return "550 5.1.1 unknown user", false
		case "DATA":
			return "554 5.5.1 no recipients", false
		case "QUIT":
			return "221 2.0.0 bye", true
		}
		return "500 5.5.2 unknown command", false
	})
}

// imapStranger lets nobody log in.
func imapStranger(c net.Conn) {
	converse(c, "* OK [CAPABILITY IMAP4rev1 STARTTLS LOGINDISABLED] store1 ready", func(line string) (answer string, over bool) {
		words := strings.Fields(strings.ToUpper(line) + " -")
		switch words[1] {
		case "NOOP":
			return words[0] + " OK done", false
		case "LOGIN", "AUTHENTICATE":
			return words[0] + " NO [AUTHENTICATIONFAILED] unknown user", false
		case "STARTTLS":
			return words[0] + " NO no certificate", false
		case "LOGOUT":
			return "* BYE logging out\r\n" + words[0] + " OK done", true
		}
		return words[0] + " BAD log in first", false
	})
}

// popStranger lets nobody log in.
func popStranger(c net.Conn) {
	converse(c, "+OK store1 ready", func(line string) (answer string, over bool) {
		switch word, _, _ := strings.Cut(strings.ToUpper(line), " "); word {
		case "CAPA":
			return "+OK\r\nUSER\r\nPIPELINING\r\n.", false
		case "USER":
			return "+OK", false
		case "QUIT":
			return "+OK bye", true
		}
		return "-ERR log in first", false
	})
}

// converse greets and answers each line, until one is the last.
func converse(c net.Conn, greeting string, answer func(line string) (text string, over bool)) {
	fmt.Fprint(c, greeting+"\r\n")
	for lines := bufio.NewScanner(c); lines.Scan(); {
		text, over := answer(lines.Text())
		fmt.Fprint(c, text+"\r\n")
		if over {
			return
		}
	}
}
