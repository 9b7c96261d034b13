-- A default is handed over in one statement, whose rows are written in no order of ours: that there is one is looked at
-- when the statement ends. As unique indexes they refused the hand-over whenever the new default was written first.

drop index one_default_legal_entity;
alter table legal_entities add constraint one_default_legal_entity
  exclude (environment_id with =) where (is_default) deferrable initially immediate;
