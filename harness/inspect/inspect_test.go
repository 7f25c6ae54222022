package inspect

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"maps"
	"math/big"
	"slices"
	"strings"
	"testing"
	"time"

	"maildrill/harness/topology"
)

var today = time.Date(2026, 11, 30, 12, 0, 0, 0, time.UTC)

// good are the files of a host without any of the defects.
const (
	goodMain = `myhostname = mx1.example.org
mynetworks = 127.0.0.0/8
relayhost =
virtual_transport = lmtp:inet:store.example.org:24
lmtp_connect_timeout = 5s
lmtp_lhlo_timeout = 10s
lmtp_data_done_timeout = 20s
maximal_backoff_time = 15m
relay_recipient_maps = hash:/etc/postfix/recipients
smtpd_milters = inet:filter.example.org:8891
`
	goodMaster  = "smtp inet n - n - - smtpd\n"
	goodDovecot = "mail_location = maildir:/srv/mail/%u\nmail_fsync = optimized\n"
)

// whole is a system in which nothing is found; a case changes something.
func whole(t *testing.T) Subject {
	s := Subject{Now: today, Files: map[string]map[string][]byte{}}
	node := func(name, server, volume string, roles ...topology.Role) {
		n := topology.Node{Name: name, Host: name + ".example.org", Server: server, Roles: roles}
		if volume != "" {
			n.Volumes = []topology.Volume{{Name: "v", Path: volume}}
		}
		s.Topology.Nodes = append(s.Topology.Nodes, n)
	}
	for _, name := range []string{"mx1", "mx2"} {
		node(name, "postfix", "/var/spool/postfix", topology.MX)
		s.Files[name] = map[string][]byte{mainFile: []byte(goodMain), masterFile: []byte(goodMaster),
			"/etc/ssl/mx.pem": certificate(t, today.Add(90*day))}
	}
	for _, name := range []string{"store1", "store2"} {
		node(name, "dovecot", "/srv/mail", topology.Store)
		s.Files[name] = map[string][]byte{dovecotRoot + "/dovecot.conf": []byte(goodDovecot)}
	}
	node("backup1", "backup", "/srv/backup")
	node("monitor1", "monitor", "")
	s.Topology.Zones = []topology.Zone{{Name: "example.org", Records: []topology.Record{
		{Name: "@", Type: "MX", Value: "10 mx1.example.org.", TTL: time.Minute}, {Name: "@", Type: "MX", Value: "20 mx2", TTL: time.Minute}}}}
	return s
}

func certificate(t *testing.T, end time.Time) []byte {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	c := &x509.Certificate{SerialNumber: big.NewInt(1), NotBefore: today.Add(-day), NotAfter: end, DNSNames: []string{"mx1.example.org"}}
	der, err := x509.CreateCertificate(rand.Reader, c, c, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
}

func ids(found []Finding) (all []string) {
	for _, f := range found {
		all = append(all, f.ID)
	}
	return all
}

func TestNothingIsFoundInASoundSystem(t *testing.T) {
	for _, f := range Inspect(whole(t)) {
		t.Errorf("%+v", f)
	}
}

// planted are the defects, each by the rule that must find it, and nothing else.
var planted = map[string]func(t *testing.T, s *Subject){
	"queue-on-no-volume": func(_ *testing.T, s *Subject) { s.node("mx1").Volumes = nil },
	"store-on-no-volume": func(_ *testing.T, s *Subject) { s.node("store2").Volumes[0].Path = "/srv/other" },
	"fsync-never": func(_ *testing.T, s *Subject) {
		s.file("store1", dovecotRoot+"/dovecot.conf", goodDovecot+"protocol lmtp {\n  mail_fsync = never\n}\n")
	},
	"queue-gives-up-soon": func(_ *testing.T, s *Subject) { s.main("maximal_queue_lifetime = 4h") },
	"one-mx":              func(_ *testing.T, s *Subject) { s.drop("mx2") },
	"one-store":           func(_ *testing.T, s *Subject) { s.drop("store2") },
	"one-submission":      func(_ *testing.T, s *Subject) { s.add("msa1", "postfix", topology.Submission) },
	"one-balancer":        func(_ *testing.T, s *Subject) { s.add("lb1", "haproxy", topology.Balancer) },
	"one-directory":       func(_ *testing.T, s *Subject) { s.add("dir1", "directory") },
	"one-site": func(_ *testing.T, s *Subject) {
		s.node("mx1").Site, s.node("mx2").Site, s.node("store1").Site, s.node("store2").Site = "a", "b", "a", "a"
	},
	"mx-leads-nowhere":          func(_ *testing.T, s *Subject) { s.record(topology.Record{Name: "@", Type: "MX", Value: "30 gone"}) },
	"long-ttl":                  func(_ *testing.T, s *Subject) { s.record(topology.Record{Name: "in", Type: "A", TTL: day}) },
	"hop-by-container-name":     func(_ *testing.T, s *Subject) { s.main("virtual_transport = lmtp:inet:dovecot:24") },
	"empty-directory-bounces":   func(_ *testing.T, s *Subject) { s.main("virtual_mailbox_maps = proxy:ldap:/etc/postfix/users.cf") },
	"one-smart-host":            func(_ *testing.T, s *Subject) { s.main("relayhost = [smart.example.net]:587") },
	"waits-long-for-a-reply":    func(_ *testing.T, s *Subject) { s.main("lmtp_data_done_timeout = 600") },
	"retries-later-than-wanted": func(_ *testing.T, s *Subject) { s.main("maximal_backoff_time = 4000s") },
	"open-relay":                func(_ *testing.T, s *Subject) { s.main("smtpd_relay_restrictions = permit_mynetworks") },
	"backup-mx-takes-anybody":   func(_ *testing.T, s *Subject) { s.main("relay_domains = example.com\nrelay_recipient_maps =") },
	"filter-fails-open":         func(_ *testing.T, s *Subject) { s.main("milter_default_action = accept") },
	"password-in-clear":         func(_ *testing.T, s *Subject) { s.main("smtpd_sasl_auth_enable = yes") },
	"certificate-ends-soon": func(t *testing.T, s *Subject) {
		s.file("mx1", "/etc/ssl/mx.pem", string(certificate(t, today.Add(5*day))))
	},
	"certificate-renewed-not-reloaded": func(_ *testing.T, s *Subject) {
		shared := topology.Volume{Name: "ssl", Path: "/etc/ssl/mail", Shared: true}
		s.node("mx1").Volumes = append(s.node("mx1").Volumes, shared)
		s.Topology.Nodes = append(s.Topology.Nodes, topology.Node{Name: "acme", Host: "acme.example.org", Server: "custom", Image: "certbot/certbot", Roles: []topology.Role{topology.Other}, Volumes: []topology.Volume{shared}})
	},
	"nobody-watches": func(_ *testing.T, s *Subject) { s.drop("monitor1") },
	"alert-through-the-mail": func(_ *testing.T, s *Subject) {
		s.node("monitor1").Settings = map[string]string{"receiver": "email", "smarthost": "mx1"}
	},
	"no-backup-seen": func(_ *testing.T, s *Subject) { s.drop("backup1") },
	"not-looked-at":  func(_ *testing.T, s *Subject) { s.main("what is this") },
}

// TestPlantedDefectIsFound plants each defect: its rule finds it and no other speaks.
func TestPlantedDefectIsFound(t *testing.T) {
	for id, plant := range planted {
		s := whole(t)
		plant(t, &s)
		if got := ids(Inspect(s)); !slices.Equal(slices.Compact(got), []string{id}) {
			t.Errorf("%s: found %v", id, got)
		}
	}
	for _, r := range Rules {
		if planted[r.ID] == nil {
			t.Errorf("no defect is planted for %s", r.ID)
		}
		if r.Why == "" || r.Remedy == "" || !slices.Contains(risks, r.Risk) {
			t.Errorf("%s: %+v", r.ID, r)
		}
	}
}

func TestWorstFirstWithItsPlace(t *testing.T) {
	s := whole(t)
	s.node("mx2").Volumes = nil
	s.main("maximal_backoff_time = 2h")
	s.Unknown = map[string]string{"monitor1": "an image of yours"}
	got := Inspect(s)
	if want := []string{"queue-on-no-volume", "retries-later-than-wanted", "not-looked-at"}; !slices.Equal(ids(got), want) {
		t.Fatalf("found %v, want %v", ids(got), want)
	}
	if where := got[1].Where; where != mainFile+":11" {
		t.Errorf("where: %s", where)
	}
	s.RTO = 3 * time.Hour
	if got := ids(Inspect(s)); slices.Contains(got, "retries-later-than-wanted") {
		t.Errorf("with an RTO of 3 h: %v", got)
	}
}

func TestOptionsOfAServiceCount(t *testing.T) {
	s := whole(t)
	s.main("smtpd_sasl_auth_enable = yes\nsmtpd_tls_auth_only = yes\nsmtpd_relay_restrictions = permit_mynetworks, reject_unauth_destination")
	s.file("mx1", masterFile, goodMaster+"submission inet n - n - - smtpd\n  -o smtpd_relay_restrictions=permit_sasl_authenticated\n  -o smtpd_tls_auth_only=no\n")
	if got := ids(Inspect(s)); !slices.Equal(got, []string{"open-relay", "password-in-clear"}) {
		t.Errorf("found %v", got)
	}
}

func (s *Subject) node(name string) *topology.Node {
	i := slices.IndexFunc(s.Topology.Nodes, func(n topology.Node) bool { return n.Name == name })
	return &s.Topology.Nodes[i]
}

func (s *Subject) drop(name string) {
	s.Topology.Nodes = slices.DeleteFunc(s.Topology.Nodes, func(n topology.Node) bool { return n.Name == name })
	delete(s.Files, name)
	s.Topology.Zones[0].Records = slices.DeleteFunc(s.Topology.Zones[0].Records, func(r topology.Record) bool { return strings.HasSuffix(r.Value, name) })
}

func (s *Subject) add(name, server string, roles ...topology.Role) {
	s.Topology.Nodes = append(s.Topology.Nodes, topology.Node{Name: name, Host: name + ".example.org", Server: server, Roles: roles})
}

func (s *Subject) record(r topology.Record) {
	s.Topology.Zones[0].Records = append(s.Topology.Zones[0].Records, r)
}

func (s *Subject) file(node, path, text string) {
	s.Files[node] = maps.Clone(s.Files[node])
	s.Files[node][path] = []byte(text)
}

// main adds lines to main.cf of mx1.
func (s *Subject) main(lines string) { s.file("mx1", mainFile, goodMain+lines+"\n") }

// A next hop that an image takes from a variable, and a Dovecot's settings that are put
// over an image's, are looked at too.
func TestImagesOfOnesOwn(t *testing.T) {
	s := whole(t)
	delete(s.Files, "mx1")
	mx, store := s.node("mx1"), s.node("store1")
	mx.Server, mx.Queue, mx.Env = "custom", "postfix", map[string]string{"LMTP_ADDRESS": "imap:2525", "HOSTNAMES": "mx1.example.org"}
	store.Server, store.StorePath = "custom", "/mail"
	s.Topology.Zones = append(s.Topology.Zones, topology.Zone{Name: "imap"})
	s.Files["store1"] = map[string][]byte{"/overrides/dovecot.conf": []byte("mail_fsync = never\n")}
	mx.QueuePath = "/queue"
	if got := ids(Inspect(s)); !slices.Equal(slices.Compact(got), []string{"queue-on-no-volume", "store-on-no-volume", "fsync-never", "hop-by-container-name"}) {
		t.Errorf("found %v", got)
	}
}
