-- Every message that was looked at is marked, so that one that was not is found.
rspamd_config:register_symbol{
  name = 'LOOKED_AT',
  type = 'postfilter',
  callback = function(task)
    task:set_milter_reply({ add_headers = { ['{{.Mark}}'] = '{{.Host}}' } })
  end,
}
