-- A store holds at most what a log holds, some 350,000 records: a search without an index takes some tens of
-- milliseconds, while each index cost every record a place in one more tree. Nothing in the program searches so.
DROP INDEX commands_of_order;
DROP INDEX outcomes_of_order;
DROP INDEX fills_of_order;
DROP INDEX fills_of_symbol;
