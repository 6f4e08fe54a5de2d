-- Forget the templates of routes.
delete from route_templates;
