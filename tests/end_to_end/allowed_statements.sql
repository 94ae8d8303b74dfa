-- Statements that clients of the SQL server may run, one per line: every kind of query, and what BI tools send about the catalog and the session.
SELECT 1
SELECT * FROM gold.model_impact LIMIT 3
SELECT DISTINCT model_id FROM spark_catalog.gold.model_impact ORDER BY 1 LIMIT 5 OFFSET 2
SELECT a.model_id, count(*) c FROM gold.model_impact a JOIN silver.models b USING (model_id) GROUP BY ALL HAVING count(*)>0
WITH x AS (SELECT 1 a), y AS (SELECT * FROM x) SELECT * FROM y WHERE a IN (SELECT a FROM x) AND EXISTS (SELECT 1) AND a = (SELECT max(a) FROM x)
WITH RECURSIVE t(n) AS (VALUES (1) UNION ALL SELECT n+1 FROM t WHERE n<5) SELECT sum(n) FROM t
SELECT 1 UNION ALL SELECT 2 UNION SELECT 3 INTERSECT SELECT 3 EXCEPT SELECT 4 MINUS SELECT 5
VALUES (1,2),(3,4)
TABLE gold.model_impact
FROM gold.model_impact SELECT model_id
SELECT * FROM VALUES (1,'a'),(2,'b') AS t(x,y) PIVOT (sum(x) FOR y IN ('a','b'))
SELECT * FROM VALUES (1,2) AS t(x,y) UNPIVOT (v FOR n IN (x,y))
SELECT * FROM VALUES (array(1,2)) AS t(xs) LATERAL VIEW explode(xs) e AS x
SELECT * FROM VALUES (array(1,2)) AS t(xs), LATERAL (SELECT explode(xs))
SELECT * FROM range(3), explode(array(1,2))
SELECT /*+ BROADCAST(a) */ * FROM range(3) a JOIN range(3) b ON a.id=b.id
SELECT /*+ REPARTITION(3) */ * FROM range(3)
SELECT id, row_number() OVER w FROM range(3) WINDOW w AS (ORDER BY id)
SELECT id, rank() OVER (PARTITION BY id%2 ORDER BY id) r FROM range(9) QUALIFY r=1
SELECT * FROM range(3) SORT BY id
SELECT * FROM range(3) DISTRIBUTE BY id
SELECT * FROM range(3) CLUSTER BY id
SELECT id%2, sum(id) FROM range(9) GROUP BY GROUPING SETS ((id%2),())
SELECT id%2, sum(id) FROM range(9) GROUP BY CUBE(id%2)
SELECT * EXCEPT (id) FROM (SELECT id, 1 x FROM range(2))
SELECT transform(array(1,2), x -> x+1), CASE WHEN 1=1 THEN 2 END, CAST('1' AS INT), '1'::int, interval '1' day, date'2020-01-01', extract(year from date'2020-01-01')
SELECT current_user(), current_date, version(), current_database(), map('a',1)['a'], struct(1).col1, trim(both 'x' from 'xax')
SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY id) FROM range(3)
SELECT sum(id) FILTER (WHERE id>1) FROM range(3)
FROM range(5) |> WHERE id>1 |> SELECT id |> EXTEND id+1 AS b |> AGGREGATE sum(b) GROUP BY id |> ORDER BY 1 |> LIMIT 2 |> SET id = 3 |> DROP id |> AS z
SELECT * FROM range(3) a LEFT ANTI JOIN range(2) b ON a.id=b.id
SELECT * FROM IDENTIFIER('gold.model_impact') LIMIT 1
SHOW TABLES
SHOW TABLES IN gold LIKE 'm*'
SHOW TABLES FROM spark_catalog.gold
SHOW TABLE EXTENDED IN gold LIKE '*'
SHOW SCHEMAS
SHOW DATABASES LIKE 'g*'
SHOW NAMESPACES IN spark_catalog
SHOW COLUMNS IN gold.model_impact
SHOW COLUMNS FROM model_impact FROM gold
SHOW VIEWS IN gold
SHOW FUNCTIONS
SHOW SYSTEM FUNCTIONS LIKE 'a*'
SHOW CATALOGS
SHOW CURRENT NAMESPACE
SHOW COLLATIONS
SHOW TBLPROPERTIES gold.model_impact
SHOW CREATE TABLE gold.model_impact
DESCRIBE gold.model_impact
DESCRIBE TABLE EXTENDED gold.model_impact
DESCRIBE FORMATTED gold.model_impact
DESCRIBE EXTENDED gold.model_impact AS JSON
DESCRIBE gold.model_impact model_id
DESC EXTENDED gold.model_impact model_id
DESCRIBE QUERY SELECT 1
DESCRIBE SELECT 1 a
DESCRIBE FUNCTION EXTENDED sum
DESCRIBE SCHEMA gold
DESCRIBE DATABASE EXTENDED gold
USE gold
USE SCHEMA silver
USE DATABASE gold
USE spark_catalog.gold
SET CATALOG spark_catalog
SET spark.sql.session.timeZone = UTC
SET spark.sql.session.timeZone
SET TIME ZONE 'UTC'
RESET
RESET spark.sql.ansi.enabled
EXPLAIN SELECT 1
EXPLAIN EXTENDED SELECT * FROM gold.model_impact
EXPLAIN FORMATTED SELECT 1
EXPLAIN COST SELECT 1
EXPLAIN CODEGEN SELECT 1
SELECT * FROM gold.model_impact TABLESAMPLE (10 PERCENT)
SELECT * FROM gold.model_impact TABLESAMPLE (5 ROWS)
SELECT * FROM (VALUES (1, 2), (3, 4)) AS t(a, b)
SELECT builtin.abs(-1), system.builtin.upper('a')
SELECT array(1, 2)[0], named_struct('a', 1).a, parse_json('{"a": 1}'):a::int
SELECT CASE 1 WHEN 1 THEN 'a' END, substring('abc' FROM 2 FOR 1), overlay('abc' PLACING 'x' FROM 1), position('b' IN 'abc')
SELECT timestampadd(DAY, 1, TIMESTAMP'2020-01-01'), timestampdiff(DAY, TIMESTAMP'2020-01-01', TIMESTAMP'2020-01-03')
SELECT any_value(id), first(id), last(id) FROM range(3)
SELECT struct(id), (id, 1), 'a' COLLATE UTF8_LCASE FROM range(1)
SELECT xpath_string('<a>b</a>', 'a'), from_json('{"a": 1}', 'a INT'), to_json(struct(1)), base64(CAST('a' AS BINARY))
SELECT '${env:HF_TOKEN}'
SHOW TABLE EXTENDED IN gold LIKE 'model_impact'
DESCRIBE FUNCTION sum
RESET `spark.sql.ansi.enabled`
SELECT count(*) FROM (gold.model_impact JOIN silver.models USING (model_id)) AS both
