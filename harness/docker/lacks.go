package docker

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"maildrill/faults"
	"maildrill/harness/topology"
)

// wanted is a mechanism that an engine's host may lack, and what helps.
type wanted struct {
	title      string
	mechanisms []faults.Mechanism
	detail     string // what was seen if it works
	advice     string
}

// hostMechanisms are tried by the keeper on itself: by the doctor, and before a
// drill that needs them starts.
var hostMechanisms = []wanted{
	{"packet rules", []faults.Mechanism{faults.Packets},
		"nftables over netlink in a network namespace, with a deadline",
		"the kernel of the engine's host needs nf_tables (CONFIG_NF_TABLES, CONFIG_NF_TABLES_INET; modprobe nf_tables)"},
	{"proxy", []faults.Mechanism{faults.Streams, faults.Dialogue},
		"a connection was redirected to a proxy, which delayed it",
		"the kernel of the engine's host needs redirects of nftables (CONFIG_NFT_NAT, CONFIG_NFT_REDIR; modprobe nft_redir)"},
	{"limits", []faults.Mechanism{faults.Limits},
		"a limit of a control group was changed, read back and restored",
		"the engine's host must let the keeper write control groups: cgroup v1 or v2 with the pids, memory and cpu controllers (cgroups(7))"},
	{"load", []faults.Mechanism{faults.Load},
		"a client from within a network namespace was greeted",
		"the engine must let the keeper enter network namespaces (the capability SYS_ADMIN)"},
}

// needed are the mechanisms among the abilities that hosts may lack.
func needed(abilities []string) (all []string) {
	for _, w := range hostMechanisms {
		for _, m := range w.mechanisms {
			if slices.Contains(abilities, string(m)) {
				all = append(all, string(m))
			}
		}
	}
	return all
}

// able makes sure, before any node starts, that the host has what the drill's
// faults are made with.
func (b *build) able(ctx context.Context) error {
	needs := needed(b.options.Needs)
	if len(needs) == 0 {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, pingLimit)
	defer cancel()
	lacks, err := b.system.keeper.Try(ctx, needs...)
	if err != nil {
		return fmt.Errorf("try what the faults need: %w", err)
	}
	return lacking(lacks)
}

// lacking says what is missing, and what to change; nil: nothing is.
func lacking(lacks map[string]string) error {
	if len(lacks) == 0 {
		return nil
	}
	var what, remedy []string
	for _, m := range slices.Sorted(maps.Keys(lacks)) {
		what = append(what, fmt.Sprintf("%s (%s)", m, lacks[m]))
		for _, w := range hostMechanisms {
			if slices.Contains(w.mechanisms, faults.Mechanism(m)) && !slices.Contains(remedy, w.advice) {
				remedy = append(remedy, w.advice)
			}
		}
	}
	return &topology.Unavailable{
		Err:    fmt.Errorf("the engine's host lacks what the drill's faults are made with: %s", strings.Join(what, "; ")),
		Remedy: strings.Join(remedy, "; ") + "; `maildrill doctor` tells which faults are left",
	}
}

// leavesOut are the kinds of fault that cannot be made without any of these.
func leavesOut(needs ...faults.Ability) (kinds []string) {
	for _, k := range faults.Catalogue {
		if slices.ContainsFunc(k.Needs, func(a faults.Ability) bool { return slices.Contains(needs, a) }) {
			kinds = append(kinds, k.ID)
		}
	}
	return kinds
}
