package agent

import (
	"bytes"
	"context"
	"io"
	"strings"
	"testing"
)

func TestMainRefusesWhatItIsNot(t *testing.T) {
	for name, args := range map[string][]string{"no role": nil, "two roles": {Hold, DNS}, "unknown": {"chauffeur"}} {
		if err := Main(t.Context(), args, strings.NewReader(""), io.Discard, io.Discard); err == nil {
			t.Errorf("%s was accepted", name)
		}
	}
}

func TestRolesNeedTheirConfiguration(t *testing.T) {
	t.Setenv(Env, "{")
	for _, role := range []string{DNS, Keeper} {
		err := Main(t.Context(), []string{role}, strings.NewReader(""), io.Discard, io.Discard)
		if err == nil || !strings.Contains(err.Error(), Env) {
			t.Errorf("%s without configuration = %v, want an error that names %s", role, err, Env)
		}
	}
}

func TestHoldHoldsUntilToldToEnd(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := Main(ctx, []string{Hold}, strings.NewReader(""), io.Discard, io.Discard); err != nil {
		t.Error(err)
	}
}

func TestOutsideEndsInOrderWithItsInput(t *testing.T) {
	var out bytes.Buffer
	if err := Main(t.Context(), []string{Outside}, strings.NewReader(""), &out, io.Discard); err != nil {
		t.Errorf("outside after end-of-file = %v", err)
	}
}
