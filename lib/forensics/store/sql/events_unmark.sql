-- Put what people wrote in place of the HTML that it stood in.
update events set text = unmarked.bare from unmarked where events.text = unmarked.text and events.kind = 'communication';
