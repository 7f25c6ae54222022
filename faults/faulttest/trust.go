package faulttest

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/json"
	"encoding/pem"
	"strings"

	"maildrill/faults"
	"maildrill/harness/agent/authority"
)

func init() { effects[faults.Settings] = configured }

// Trusting makes the node one that has users and TLS: Postfix and Dovecot.
func Trusting(n *Node) faults.Target {
	t := n.Target()
	t.Peers[0].Server = "postfix+dovecot"
	t.Peers[0].Services = map[string]int{"smtp": 25, "submission": 587, "imap": 143}
	t.Accounts = []faults.Account{{User: "u1@drill.test", Password: "drill"}, {User: "u2@drill.test", Password: "drill"}}
	return t
}

// configured is what a client meets of a server whose configuration a rule has
// changed.
func configured(_ *Node, r faults.Rule, v faults.Visit, s *faults.Sight) error {
	var spec faults.SettingSpec
	if err := json.Unmarshal(r.Spec, &spec); err != nil {
		return err
	}
	said := string(v.Say)
	switch spec.Do {
	case faults.SettingCertify:
		if v.Secure == nil || spec.Reload == nil {
			return nil
		}
		return certified(spec, s)
	case faults.SettingPrepend:
		_, user, filtered := strings.Cut(spec.Text, "username_filter = ")
		if strings.Contains(said, "LOGIN") && (!filtered || strings.Contains(said, strings.Fields(user)[0])) {
			s.Bytes = []byte("a NO [AUTHENTICATIONFAILED] Authentication failed.\r\n")
		}
	case faults.SettingAppend:
		if strings.Contains(said, "RCPT") {
			s.Bytes = []byte("250 2.1.0 Ok\r\n554 5.7.1 Access denied\r\n")
		}
	}
	return nil
}

// certified shows the bad certificate, or comes to nothing.
func certified(spec faults.SettingSpec, s *faults.Sight) error {
	if spec.Certificate == faults.CertificateMisfit {
		return faults.ErrNoHandshake
	}
	chain, err := bad(spec.Certificate)
	if err == nil {
		s.Certificate = chain[0]
	}
	return err
}

func bad(what faults.BadCertificate) ([][]byte, error) {
	signer, err := authority.New(faults.DrillAuthority)
	if err != nil {
		return nil, err
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	return signer.Certify([]string{"mx1.drill.test"}, &key.PublicKey, what)
}

// untouched is what a program of the node's finds without any rule.
func untouched(t faults.Touch, felt *faults.Felt) {
	switch t.Run[0] {
	case "grep":
		felt.Code = 1 // no such line
	case "postconf":
		felt.Output = []byte("3.7.11\n")
	}
}

// looked is what a program of the node's finds under a rule.
func looked(r faults.Rule, t faults.Touch, felt *faults.Felt) error {
	var spec faults.SettingSpec
	if err := json.Unmarshal(r.Spec, &spec); err != nil {
		return err
	}
	switch line := strings.TrimSuffix(spec.Text, "\n"); {
	case t.Run[0] == "grep" && spec.Do == faults.SettingAppend && line == t.Run[3]:
		felt.Code = 0
	case t.Run[0] == "cat" && spec.Do == faults.SettingCertify:
		chain, err := bad(spec.Certificate)
		if err != nil {
			return err
		}
		felt.Output = pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: chain[0]})
	}
	return nil
}
