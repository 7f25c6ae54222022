package console

import (
	"net/http"
	"strings"

	"maildrill/reports/words"
)

func (c *Console) loginPage(w http.ResponseWriter, r *http.Request) {
	c.show(w, http.StatusOK, "login", page{Title: "Log in", Data: len(c.config.Tokens) > 0})
}

// login takes a token, and gives a cookie.
func (c *Console) login(w http.ResponseWriter, r *http.Request) {
	right, ok := c.limits.try(c.client(r))
	if !ok {
		c.fail(w, r, tooMany(w))
		return
	}
	f, err := body(r)
	if err != nil {
		c.fail(w, r, err)
		return
	}
	p := c.admit(f.Get("token"), stated(f.Get("name")))
	if p == nil {
		c.refuse(w, r, http.StatusForbidden, "This token lets nobody in. Paste the whole of it, as it was handed to you.")
		return
	}
	right()
	if p.Name == "" {
		c.refuse(w, r, http.StatusBadRequest, "This token belongs to several people: go back and write your name, which stands beside what you do.")
		return
	}
	c.enter(w, r, p)
}

func (c *Console) enter(w http.ResponseWriter, r *http.Request, p *person) {
	cookie, err := c.sessions.open(p)
	if err != nil {
		c.fail(w, r, refusal{http.StatusServiceUnavailable, err.Error()})
		return
	}
	http.SetCookie(w, c.cookie(r, cookie, int(c.config.Session.Seconds())))
	http.Redirect(w, r, "/", http.StatusSeeOther)
}

func (c *Console) cookie(r *http.Request, value string, age int) *http.Cookie {
	secure := c.secure(r)
	return &http.Cookie{Name: cookieName(secure), Value: value, Path: "/", MaxAge: age, Secure: secure, HttpOnly: true, SameSite: http.SameSiteStrictMode}
}

func (c *Console) logout(w http.ResponseWriter, r *http.Request) {
	if cookie, err := r.Cookie(cookieName(c.secure(r))); err == nil {
		if _, err := c.form(r, c.sessions.find(cookie.Value)); err != nil {
			c.fail(w, r, err)
			return
		}
		c.sessions.close(cookie.Value)
	}
	http.SetCookie(w, c.cookie(r, "", -1))
	http.Redirect(w, r, "/login", http.StatusSeeOther)
}

// stated is a name as somebody wrote it, made fit for the log.
func stated(name string) string {
	name = words.Plain(name)
	if len(name) > longestName {
		name = strings.ToValidUTF8(name[:longestName], "")
	}
	return name
}

func tooMany(w http.ResponseWriter) error {
	w.Header().Set("Retry-After", "60")
	return refusal{http.StatusTooManyRequests, "There were too many attempts from your address. Wait a minute."}
}
