package console

import (
	"fmt"
	"testing"

	"github.com/chromedp/chromedp"

	"maildrill/harness/browsertest"
	"maildrill/harness/exercise"
)

// TestAnExerciseByClicks leads one from the card to its end.
func TestAnExerciseByClicks(t *testing.T) {
	k := newKit(t, newFake(exercise.Briefed))
	k.board.record.Fault = nil
	s := open(t, k)
	s.login(Operator)
	s.Click(`button[value="go incident"]`)
	s.Says("All 4 are answered.")
	s.picture("card")
	s.as(Approver)
	s.Write("[name=why]", "all are there")
	s.Click(`button[value=go]`)
	s.state("GO")
	s.as(Operator)
	s.Click(`button[value=start]`)
	s.state("RUNNING")
	s.Write("#text", "a half-written note")
	s.Click(`button[value=site-lost]`)
	s.Says("since the fault")
	if got := ask[string](s, `document.querySelector("#text").value`); got != "a half-written note" {
		t.Errorf("the note is %q after another form", got)
	}
	s.Write("#text", ", and the rest")
	s.Click(".note button")
	s.Says("a half-written note, and the rest")
	s.Click(`button[value="done switch"]`)
	s.Wait(`!document.querySelector('button[value="done switch"]')`)
	before := k.events()
	s.Write("[name=remark]", "the line feed at the end sends nothing\r")
	s.Click(`button[value=detected]`)
	s.Wait(`document.querySelector("#region-marked b")?.textContent === "detected"`)
	if n := k.events() - before; n != 1 {
		t.Errorf("%d events after one click", n)
	}
	s.picture("live")
	s.Click(`button[value=hold]`)
	s.state("HOLD")
	s.picture("hold")
	s.Write(".stop [name=why]", "smoke in the room")
	s.Click(".stop .red")
	s.state("ABORTED")
	s.picture("abort")
	if last := k.board.record.Transitions[len(k.board.record.Transitions)-1]; last.Why != "smoke in the room" || last.By != people[Operator] {
		t.Errorf("stopped by %s: %q", last.By, last.Why)
	}
	s.Click(`button[value=end]`)
	s.state("RECOVERED")
	s.Click(`button[value=hotwash]`)
	s.state("HOTWASH")
	k.board.change(func(r *exercise.Record) { r.State = exercise.Signed })
	s.state("SIGNED")
	s.Click(`button[value=close]`)
	s.state("CLOSED")
	s.quiet()
}

func (s *tab) state(word string) {
	s.t.Helper()
	s.Wait(fmt.Sprintf(`document.querySelector(".word")?.textContent === %q`, word))
}

// as logs out and in again.
func (s *tab) as(role Role) {
	s.t.Helper()
	s.Click(`.nav form button`)
	s.Wait(`location.pathname === "/login"`)
	s.login(role)
}

func TestPagesInABrowser(t *testing.T) {
	s := open(t, newKit(t, newFake(exercise.Running)))
	s.Go(s.base + "/login")
	s.picture("login")
	s.login(Observer)
	if ask[bool](s, `!!document.querySelector(".stop, textarea, #region-moves button")`) {
		t.Error("an observer is offered something to do")
	}
	s.k.board.change(func(r *exercise.Record) { r.Fault = at(0) })
	for _, path := range []string{"wall", "history", "programme", "trends"} {
		s.Go(s.base + "/" + path)
		s.picture(path)
	}
	s.Go(s.base + "/report/2026-09-14-disk-of-the-store/html")
	s.picture("report")
	if got := ask[string](s, "document.title"); got != "Report" {
		t.Errorf("a script in a report ran: %q", got)
	}
	s.quiet("Blocked script execution")
}

func TestStopIsOneTap(t *testing.T) {
	for _, path := range []string{"/", "/history"} {
		k := newKit(t, newFake(exercise.Running))
		s := open(t, k)
		s.Do(browsertest.Screen(390, 844))
		s.login(Scribe)
		s.Go(s.base + path)
		if !ask[bool](s, `(b => { const r = b.getBoundingClientRect(), e = document.elementFromPoint(r.x + r.width / 2, r.y + r.height / 2); return e === b && r.height >= 44 && r.bottom <= innerHeight })(document.querySelector(".stop .red"))`) {
			t.Errorf("%s: the stop button is hidden or too small for a thumb", path)
		}
		s.Click(".stop .red")
		for !stopped(k) {
			s.Wait("true")
		}
	}
}

func stopped(k *kit) bool {
	r, _, _ := k.board.View()
	return r.State == exercise.Stopped
}

func TestWithoutScript(t *testing.T) {
	k := newKit(t, newFake(exercise.Running))
	s := open(t, k)
	s.Do(browsertest.NoScript())
	s.login(Operator)
	s.Says("does not update itself")
	s.Write("#text", "by hand")
	s.Click(".note button")
	s.Says("by hand")
	s.Click(`button[value="begun declare"]`)
	s.Wait(`document.querySelector("#region-runbook .chip")?.textContent === "begun"`)
	s.Click(`button[value=hold]`)
	s.state("HOLD")
	s.Click(".stop .red")
	s.state("ABORTED")
	s.quiet()
}

func TestACodeBehindTheNumberSign(t *testing.T) {
	k := newKit(t, newFake(exercise.Briefed))
	s := open(t, k)
	s.Go(s.base + "/answer#" + rollCode)
	s.Wait(fmt.Sprintf(`document.querySelector("[name=code]")?.value === %q && location.hash === ""`, rollCode))
	s.picture("answer")
	s.Click("main button")
	s.Says("Your answer is in the log.")
	s.Go(s.base + "/answer#" + rollCode)
	s.Wait(`document.querySelector("[name=code]")?.value.length > 0`)
	s.Click("main button")
	s.Says("This code was used before")
	s.Go(s.base + "/answer#" + noticeCode) // the page stays, and takes it
	s.Wait(fmt.Sprintf(`document.querySelector("[name=code]").value === %q && location.hash === ""`, noticeCode))
	s.quiet("410")
}

func TestTheReaderIsToldThatAViewIsOld(t *testing.T) {
	k := newKit(t, newFake(exercise.Running))
	s := open(t, k)
	s.login(Observer)
	s.Wait(`!!document.querySelector("#region-trouble")`)
	k.console.sessions.mu.Lock()
	for id := range k.console.sessions.byID {
		k.console.sessions.drop(id)
	}
	k.console.sessions.mu.Unlock()
	s.Says("What is shown is old")
	s.quiet("401", "ERR_")
}

func TestWhatComesInWhileOneWorks(t *testing.T) {
	k := newKit(t, newFake(exercise.Running))
	s := open(t, k)
	s.login(Scribe)
	s.Act(chromedp.Focus(chromedp.CSS(`button[value="begun declare"]`)))
	const attack = `</li></ul><img src=x onerror="window.pwned=1"><script>window.pwned=1</script><button form=act>x`
	k.board.change(func(r *exercise.Record) {
		r.Notes = append(r.Notes, exercise.Note{By: attack, Kind: attack, Text: attack})
		r.Steps[1].Title = attack
	})
	s.Wait(`document.querySelector("#region-runbook")?.innerText.includes("pwned")`)
	if ask[bool](s, `"pwned" in window || !!document.querySelector("main img, main script")`) {
		t.Error("a text was executed")
	}
	if got := ask[string](s, `document.activeElement.value`); got != "begun declare" {
		t.Errorf("the focus is on %q", got)
	}
	s.quiet()
}

// A button that is exchanged while it is held down would swallow the click.
func TestAClickIsNotLostToNews(t *testing.T) {
	k := newKit(t, newFake(exercise.Running))
	s := open(t, k)
	s.login(Scribe)
	place := ask[[]float64](s, `(r => [r.x + r.width / 2, r.y + r.height / 2])((b => (b.scrollIntoView({block: "center"}), b))(document.querySelector('button[value="begun declare"]')).getBoundingClientRect())`)
	s.Do(chromedp.MouseEvent(chromedp.MousePressed, place[0], place[1], chromedp.ButtonLeft, chromedp.ClickCount(1)))
	k.board.change(func(r *exercise.Record) {
		r.Notes = append(r.Notes, exercise.Note{Text: "news"})
		r.Steps[1].Title = "renamed"
	})
	s.Wait(`document.querySelector("#region-notes").innerText.includes("news")`)
	s.Do(chromedp.MouseEvent(chromedp.MouseReleased, place[0], place[1], chromedp.ButtonLeft, chromedp.ClickCount(1)))
	s.Wait(`document.querySelector("#region-runbook .chip")?.textContent === "begun"`)
	s.Says("renamed")
	s.quiet()
}
