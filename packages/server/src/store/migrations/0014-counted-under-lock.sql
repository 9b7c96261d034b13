-- Why: a customer is deleted only where he owes nothing, and an invoice that is made at the same moment must be seen. A
-- statement sees what was committed before it began; each statement of a function what was committed before that one. So
-- the look comes after the lock on the customer, which whoever makes him owe something holds with him (store/conditions.ts).

create function tollbridge_customer_owes(of_environment text, of_customer text)
returns boolean
language plpgsql
as $$
begin
  perform
  from customers
  where environment_id = of_environment
    and id = of_customer
  for no key update;
  return exists (
    select
    from invoices
    where environment_id = of_environment
      and customer_id = of_customer
      and status = 'finalized'
  );
end
$$;
