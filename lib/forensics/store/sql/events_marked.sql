-- One row per text of a message that is a piece of HTML: it begins with the tag of a part of a page, and ends with the end of one.
select distinct kind, text from events
where kind = 'communication' and regexp_matches(text, '(?is)^\s*<(p|div|span|br|ul|ol|table|h[1-6]|blockquote|attachment|systemeventmessage)\b[^<>]*>.*>\s*$')
order by text;
