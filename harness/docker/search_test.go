package docker

import (
	"archive/tar"
	"bytes"
	"io"
	"slices"
	"strings"
	"testing"

	"maildrill/harness/rawsearch"
	"maildrill/harness/topology"
)

func TestSearchedFolders(t *testing.T) {
	for _, c := range []struct {
		node topology.Node
		want []string
	}{
		{topology.Node{Server: "postfix"}, []string{"/var/spool/postfix"}},
		{topology.Node{Server: "postfix+dovecot", Volumes: []topology.Volume{{Path: "/srv/mail"}}}, []string{"/srv/mail", "/var/spool/postfix"}},
		{topology.Node{Server: "dovecot", Volumes: []topology.Volume{{Path: "/srv/"}}}, []string{"/srv"}},
		{topology.Node{Server: "custom", Volumes: []topology.Volume{{Path: "/b"}, {Path: "/a"}, {Path: "/a/x"}, {Path: "/ab"}}}, []string{"/a", "/ab", "/b"}},
		{topology.Node{Server: "dns"}, nil},
	} {
		if got := searched(c.node); !slices.Equal(got, c.want) {
			t.Errorf("%+v: %v, want %v", c.node, got, c.want)
		}
	}
}

// TestSearchArchive: what a changing folder gives, an archive that ends too
// soon, is no complete search.
func TestSearchArchive(t *testing.T) {
	var archive bytes.Buffer
	w := tar.NewWriter(&archive)
	for _, f := range []struct{ name, text string }{{"mail/a", "md1-first"}, {"mail/b", strings.Repeat("x", 5000) + "md1-second"}} {
		if err := w.WriteHeader(&tar.Header{Name: f.name, Typeflag: tar.TypeReg, Size: int64(len(f.text))}); err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(w, f.text); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	whole := archive.Bytes()
	for _, c := range []struct {
		cut  int
		want int
		ok   bool
	}{{len(whole), 2, true}, {2500, 1, false}, {0, 0, true}} {
		s, err := rawsearch.New([]string{"md1-first", "md1-second", "md1-nowhere"})
		if err != nil {
			t.Fatal(err)
		}
		err = searchArchive(t.Context(), s, "/srv", bytes.NewReader(whole[:c.cut]))
		found := s.Found()
		if len(found) != c.want || (err == nil) != c.ok || c.want > 0 && found["md1-first"] != "/srv/mail/a" {
			t.Errorf("%d bytes: found %v, %v", c.cut, found, err)
		}
	}
}
