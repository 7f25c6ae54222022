package inspect

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"maildrill/harness/intake/dovecot"
	"maildrill/harness/intake/postfix"
	"maildrill/harness/topology"
)

// Where the servers keep what is read.
const (
	mainFile    = "/etc/postfix/main.cf"
	masterFile  = "/etc/postfix/master.cf"
	dovecotRoot = "/etc/dovecot"
)

// system is the subject, read.
type system struct {
	Subject
	nodes  []node
	unseen []Finding
}

// node is one host with what its servers are told.
type node struct {
	topology.Node
	files   map[string][]byte
	main    *postfix.Main
	master  postfix.Master
	dovecot *dovecot.Section
	// dovecotFile is where that is written.
	dovecotFile string
}

// overlays are files that images put over a Dovecot's own configuration, by where they
// are mounted: of docker-mailserver, Mailu and mailcow. The rest is in the image.
var overlays = []string{"/tmp/docker-mailserver/dovecot.cf", "/overrides/dovecot.conf", "/etc/dovecot/extra.conf"}

// see reads the configurations. What cannot be read is a finding.
func see(s Subject) system {
	v := system{Subject: s}
	for _, n := range s.Topology.Nodes {
		if n.Has(topology.Outside) || n.Has(topology.DNS) {
			continue
		}
		seen := node{Node: n, files: s.Files[n.Name]}
		v.unseen = append(v.unseen, seen.read()...)
		if why, unknown := s.Unknown[n.Name]; unknown {
			v.unseen = append(v.unseen, unseen(n.Name, "", why))
		}
		v.nodes = append(v.nodes, seen)
	}
	return v
}

// read parses what the node has.
func (n *node) read() (mistakes []Finding) {
	if src, ok := n.files[mainFile]; ok {
		main, wrong := postfix.ParseMain(mainFile, src)
		n.main = &main
		for _, w := range wrong {
			mistakes = append(mistakes, unseen(n.Name, at(w.File, w.Line), w.Message))
		}
	}
	if src, ok := n.files[masterFile]; ok {
		var wrong []postfix.Mistake
		n.master, wrong = postfix.ParseMaster(masterFile, src)
		for _, w := range wrong {
			mistakes = append(mistakes, unseen(n.Name, at(w.File, w.Line), w.Message))
		}
	}
	return append(mistakes, n.readDovecot()...)
}

// readDovecot parses its main file, else what is put over that of an image.
func (n *node) readDovecot() (mistakes []Finding) {
	for _, name := range append([]string{dovecotRoot + "/dovecot.conf"}, overlays...) {
		if _, ok := n.files[name]; !ok {
			continue
		}
		folder := path.Dir(name)
		var wrong []dovecot.Mistake
		n.dovecot, wrong = dovecot.Parse(n.below(folder), folder, path.Base(name))
		n.dovecotFile = name
		for _, w := range wrong {
			mistakes = append(mistakes, unseen(n.Name, at(folder+"/"+w.File, w.Line), w.Message))
		}
		return mistakes
	}
	return nil
}

// below are the node's files of a folder, as a tree.
func (n *node) below(folder string) map[string][]byte {
	tree := map[string][]byte{}
	for name, text := range n.files {
		if rest, ok := strings.CutPrefix(name, folder+"/"); ok {
			tree[rest] = text
		}
	}
	return tree
}

// unseen is the finding that something could not be looked at.
func unseen(node, where, why string) Finding {
	return Finding{ID: "not-looked-at", Risk: Blind, Node: node, Where: where, What: why,
		Why:    "A rule that cannot look finds nothing, which says nothing.",
		Remedy: "Give the configuration as files of the node, or mend it."}
}

// setting is where a parameter of Postfix is written; the file alone where it is
// not.
func (n node) setting(name string) string {
	if s, ok := n.main.Written(name); ok {
		return at(n.main.File, s.Line)
	}
	return fmt.Sprintf("%s (%s is not set)", n.main.File, name)
}

// within tells whether a path is on a volume of the node.
func (n node) within(path string) bool {
	return slices.ContainsFunc(n.Volumes, func(v topology.Volume) bool {
		return path == v.Path || strings.HasPrefix(path, strings.TrimSuffix(v.Path, "/")+"/")
	})
}

// each applies a rule to every node that takes part in carrying mail of the system:
// not to the servers of others.
func each(look func(system, node) []hit) func(system) []hit {
	return func(s system) (hits []hit) {
		for _, n := range s.nodes {
			if !n.Has(topology.Relay) && !n.Mail.RelayAnything {
				hits = append(hits, look(s, n)...)
			}
		}
		return hits
	}
}

// ofPostfix applies a rule to every node whose main.cf is known.
func ofPostfix(look func(system, node) []hit) func(system) []hit {
	return each(func(s system, n node) []hit {
		if n.main == nil {
			return nil
		}
		return look(s, n)
	})
}
