-- Statements that clients of the SQL server may not run, one per line. {scratch} is a folder that the server's user can write, {warehouse}
-- the warehouse, {secret} a file with a secret. They cover the grammars of Spark 4.2 (SqlBaseParser) and Delta (DeltaSqlBaseParser), which
-- test_sql_safety.py checks, and the command processors of HiveServer2 and beeline.
-- programs
SELECT TRANSFORM(1) USING 'touch {scratch}/trace'
SELECT TRANSFORM(a) USING 'cat' AS (b) FROM VALUES (1) AS t(a)
FROM VALUES (1) AS t(a) MAP a USING 'touch {scratch}/trace' AS b
FROM VALUES (1) AS t(a) REDUCE a USING 'touch {scratch}/trace' AS b
WITH t AS (SELECT TRANSFORM(1) USING 'touch {scratch}/trace') SELECT * FROM t
EXPLAIN SELECT TRANSFORM(1) USING 'touch {scratch}/trace'
-- Java
SELECT reflect('java.lang.System', 'getenv', 'HF_TOKEN')
SELECT java_method('java.lang.System', 'getProperty', 'user.home')
SELECT try_reflect('java.lang.System', 'setProperty', 'a', 'b')
SELECT builtin.reflect('java.lang.System', 'getenv', 'HF_TOKEN')
SELECT system.builtin.java_method('java.lang.System', 'getenv', 'HF_TOKEN')
SELECT `reflect`('java.lang.System', 'getenv', 'HF_TOKEN')
SELECT IDENTIFIER('reflect')('java.lang.System', 'getenv', 'HF_TOKEN')
SELECT IDENTIFIER('ref' || 'lect')('java.lang.System', 'getenv', 'HF_TOKEN')
SELECT call_function('reflect', 'java.lang.System', 'getenv', 'HF_TOKEN')
SELECT transform(array('HF_TOKEN'), x -> reflect('java.lang.System', 'getenv', x))
SELECT * FROM VALUES (reflect('java.lang.System', 'getenv', 'HF_TOKEN'))
SELECT * FROM range(1) WHERE (SELECT length(reflect('java.lang.System', 'getenv', 'HF_TOKEN'))) > 0
SELECT * FROM range(1) LATERAL VIEW reflect('java.lang.System', 'getenv', 'HF_TOKEN') t AS x
SELECT * FROM range(length(reflect('java.lang.System', 'getenv', 'HF_TOKEN')))
SELECT 1 ORDER BY reflect('java.lang.System', 'getenv', 'HF_TOKEN')
SELECT 1 LIMIT length(reflect('java.lang.System', 'getenv', 'HF_TOKEN'))
SELECT sum(id) OVER (ORDER BY reflect('java.lang.System', 'getenv', 'HF_TOKEN')) FROM range(2)
SELECT count(*) FILTER (WHERE reflect('java.lang.System', 'getenv', 'HF_TOKEN') = '') FROM range(2)
SELECT 1 UNION SELECT reflect('java.lang.System', 'getenv', 'HF_TOKEN')
FROM range(1) |> WHERE reflect('java.lang.System', 'getenv', 'HF_TOKEN') = ''
WITH t AS (SELECT reflect('java.lang.System', 'getenv', 'HF_TOKEN')) SELECT * FROM t
EXPLAIN SELECT reflect('java.lang.System', 'getenv', 'HF_TOKEN')
DESCRIBE QUERY SELECT reflect('java.lang.System', 'getenv', 'HF_TOKEN')
-- files
SELECT * FROM text.`{secret}`
SELECT * FROM csv.`{secret}`
SELECT * FROM json.`file://{secret}`
SELECT * FROM xml.`{secret}`
SELECT * FROM orc.`{secret}`
SELECT * FROM avro.`{secret}`
SELECT * FROM binaryFile.`{secret}`
SELECT * FROM parquet.`{warehouse}/gold/model_impact`
SELECT * FROM delta.`{warehouse}/gold/model_impact`
SELECT * FROM delta.`{warehouse}/gold/model_impact@v0`
SELECT * FROM spark_catalog.text.`{secret}`
SELECT * FROM IDENTIFIER('text.`{secret}`')
SELECT * FROM IDENTIFIER(concat('text.`{secret}', '`'))
SELECT (SELECT max(value) FROM text.`{secret}`)
SELECT count(*) FROM gold.model_impact JOIN text.`{secret}`
TABLE text.`{secret}`
SELECT * FROM gold.`{secret}`
SELECT * FROM json.`http://127.0.0.1:9/x`
DESCRIBE text.`{secret}`
DESCRIBE DETAIL '{warehouse}/gold/model_impact'
DESCRIBE DETAIL gold.model_impact
DESCRIBE HISTORY '{warehouse}/gold/model_impact'
DESCRIBE HISTORY delta.`{warehouse}/gold/model_impact`
SHOW COLUMNS IN text.`{secret}`
SHOW CREATE TABLE delta.`{warehouse}/gold/model_impact`
SHOW PARTITIONS delta.`{warehouse}/gold/model_impact`
SHOW TBLPROPERTIES delta.`{warehouse}/gold/model_impact`
SELECT * FROM gold.model_impact WITH (path = '{secret}')
SELECT * FROM read_files('{secret}')
SELECT from_xml('<a/>', 'a STRING', map('rowValidationXSDPath', '{secret}'))
SELECT schema_of_xml('<a/>', map('rowValidationXSDPath', '{secret}'))
SELECT from_avro(X'00', '"string"', map('avroSchemaUrl', 'file://{secret}'))
SELECT to_avro(1, '"int"')
SELECT schema_of_avro('"int"', map('avroSchemaUrl', 'file://{secret}'))
SELECT from_protobuf(X'00', 'M', '{secret}')
SELECT to_protobuf(struct(1), 'M', '{secret}')
SELECT input_file_name() FROM gold.model_impact
SELECT input_file_block_start(), input_file_block_length() FROM gold.model_impact
SELECT * FROM python_worker_logs()
INSERT OVERWRITE DIRECTORY '{scratch}/trace' USING csv SELECT 1
INSERT OVERWRITE LOCAL DIRECTORY '{scratch}/trace' ROW FORMAT DELIMITED FIELDS TERMINATED BY ',' SELECT 1
INSERT INTO delta.`{scratch}/trace` VALUES (1)
LOAD DATA LOCAL INPATH '{secret}' INTO TABLE gold.model_impact
ADD JAR '{scratch}/x.jar'
ADD JAR ivy://org.example:evil:1.0
ADD FILE '{secret}'
ADD FILES '{secret}' '{secret}'
ADD ARCHIVE '{scratch}/x.zip'
LIST JAR
LIST FILES
LIST ARCHIVES
DELETE JAR '{scratch}/x.jar'
REFRESH '{scratch}'
-- other versions of a table
SELECT * FROM gold.model_impact VERSION AS OF 0
SELECT * FROM gold.model_impact TIMESTAMP AS OF '2020-01-01'
SELECT * FROM gold.model_impact FOR SYSTEM_VERSION AS OF 0
SELECT * FROM table_changes('gold.model_impact', 0)
SELECT * FROM table_changes_by_path('{warehouse}/gold/model_impact', 0)
SELECT * FROM gold.model_impact CHANGES FROM VERSION 0 TO VERSION 1
SELECT * FROM STREAM(gold.model_impact)
SELECT * FROM STREAM gold.model_impact
SELECT * FROM STREAM range(3)
-- rows
INSERT INTO gold.model_impact SELECT * FROM gold.model_impact
INSERT OVERWRITE gold.model_impact SELECT * FROM gold.model_impact
INSERT INTO gold.model_impact REPLACE WHERE true SELECT * FROM gold.model_impact
INSERT INTO gold.model_impact REPLACE USING (model_id) SELECT * FROM gold.model_impact
FROM gold.model_impact INSERT INTO gold.model_impact SELECT * INSERT INTO gold.model_lineage SELECT *
WITH t AS (SELECT 1) INSERT INTO gold.model_impact SELECT * FROM t
EXPLAIN INSERT INTO gold.model_impact SELECT * FROM gold.model_impact
DELETE FROM gold.model_impact
DELETE FROM delta.`{warehouse}/gold/model_impact`
UPDATE gold.model_impact SET model_id = 'x'
MERGE INTO gold.model_impact t USING gold.model_impact s ON t.model_id = s.model_id WHEN MATCHED THEN DELETE
TRUNCATE TABLE gold.model_impact
-- tables, views and schemas
CREATE TABLE gold.trace (a INT) USING delta
CREATE TABLE gold.trace (a INT) USING delta CLUSTER BY (a)
CREATE TABLE trace AS SELECT 1
CREATE TABLE trace USING csv OPTIONS (path '{secret}')
CREATE TABLE trace USING org.apache.spark.sql.jdbc OPTIONS (url 'jdbc:derby:;databaseName={scratch}/trace;create=true', dbtable 'x')
CREATE EXTERNAL TABLE trace (a INT) LOCATION '{scratch}/trace'
CREATE TABLE gold.trace LIKE gold.model_impact
CREATE TABLE gold.trace SHALLOW CLONE gold.model_impact
CREATE OR REPLACE TABLE gold.model_impact (a INT) USING delta
REPLACE TABLE gold.model_impact (a INT) USING delta
CREATE VIEW gold.trace AS SELECT 1
CREATE OR REPLACE VIEW gold.model_impact AS SELECT 1
CREATE TEMPORARY VIEW trace AS SELECT 1
CREATE OR REPLACE TEMPORARY VIEW model_impact AS SELECT 1
CREATE GLOBAL TEMPORARY VIEW trace AS SELECT 1
CREATE TEMPORARY VIEW trace USING text OPTIONS (path '{secret}')
CREATE VIEW trace WITH METRICS LANGUAGE YAML AS $$ version: 0.1 $$
CREATE MATERIALIZED VIEW trace AS SELECT 1
CREATE STREAMING TABLE trace AS SELECT 1
CREATE FLOW trace AS INSERT INTO gold.model_impact BY NAME SELECT 1
CREATE SCHEMA trace
CREATE DATABASE trace LOCATION '{scratch}/trace'
CREATE NAMESPACE trace
CREATE INDEX trace ON gold.model_impact (model_id)
CREATE ROLE trace
DROP TABLE gold.model_impact
DROP TABLE IF EXISTS gold.model_impact PURGE
DROP TABLE IDENTIFIER('gold.model_impact')
DROP TABLE IDENTIFIER('gold.' || 'model_impact')
DROP VIEW gold.model_impact
DROP SCHEMA gold CASCADE
DROP INDEX trace ON gold.model_impact
/* SELECT */ DROP VIEW gold.model_impact
EXPLAIN DROP VIEW gold.model_impact
SELECT 1; DROP VIEW gold.model_impact
ALTER TABLE gold.model_impact ADD COLUMN trace INT
ALTER TABLE gold.model_impact DROP COLUMN model_id
ALTER TABLE gold.model_impact RENAME COLUMN model_id TO trace
ALTER TABLE gold.model_impact RENAME TO gold.trace
ALTER TABLE gold.model_impact ALTER COLUMN model_id COMMENT 'trace'
ALTER TABLE gold.model_impact CHANGE COLUMN model_id model_id STRING COMMENT 'trace'
ALTER TABLE gold.model_impact REPLACE COLUMNS (a INT)
ALTER TABLE gold.model_impact SET TBLPROPERTIES ('trace' = 'x')
ALTER TABLE gold.model_impact UNSET TBLPROPERTIES ('trace')
ALTER TABLE gold.model_impact SET LOCATION '{scratch}'
ALTER TABLE gold.model_impact SET SERDE 'trace'
ALTER TABLE gold.model_impact ADD PARTITION (snapshot_date = '2020-01-01')
ALTER TABLE gold.model_impact DROP PARTITION (snapshot_date = '2020-01-01')
ALTER TABLE gold.model_impact PARTITION (snapshot_date = '2020-01-01') RENAME TO PARTITION (snapshot_date = '2020-01-02')
ALTER TABLE gold.model_impact RECOVER PARTITIONS
ALTER TABLE gold.model_impact ADD CONSTRAINT trace CHECK (true)
ALTER TABLE gold.model_impact DROP CONSTRAINT trace
ALTER TABLE gold.model_impact CLUSTER BY (model_id)
ALTER TABLE gold.model_impact DROP FEATURE trace
ALTER TABLE gold.model_impact ALTER COLUMN model_id SYNC IDENTITY
ALTER TABLE gold.model_impact DEFAULT COLLATION UTF8_LCASE
ALTER VIEW gold.model_impact AS SELECT 1
ALTER VIEW gold.model_impact WITH SCHEMA BINDING
ALTER SCHEMA gold SET DBPROPERTIES ('trace' = 'x')
ALTER SCHEMA gold UNSET DBPROPERTIES ('trace')
ALTER SCHEMA gold SET LOCATION '{scratch}'
ALTER SCHEMA gold DEFAULT COLLATION UTF8_LCASE
COMMENT ON TABLE gold.model_impact IS 'trace'
COMMENT ON SCHEMA gold IS 'trace'
-- maintenance of tables
VACUUM gold.model_impact RETAIN 0 HOURS
VACUUM '{warehouse}/gold/model_impact'
OPTIMIZE gold.model_impact
OPTIMIZE gold.model_impact ZORDER BY (model_id)
RESTORE TABLE gold.model_impact TO VERSION AS OF 0
REORG TABLE gold.model_impact APPLY (PURGE)
CONVERT TO DELTA parquet.`{warehouse}/gold/model_impact`
GENERATE symlink_format_manifest FOR TABLE gold.model_impact
ANALYZE TABLE gold.model_impact COMPUTE STATISTICS
ANALYZE TABLES IN gold COMPUTE STATISTICS
MSCK REPAIR TABLE gold.model_impact
REPAIR TABLE gold.model_impact
FSCK REPAIR TABLE gold.model_impact
REFRESH TABLE gold.model_impact
REFRESH FUNCTION trace
CACHE TABLE gold.model_impact
CACHE LAZY TABLE trace OPTIONS ('storageLevel' = 'DISK_ONLY') AS SELECT 1
UNCACHE TABLE gold.model_impact
CLEAR CACHE
COPY INTO gold.model_impact FROM '{scratch}'
EXPORT TABLE gold.model_impact TO '{scratch}/trace'
IMPORT TABLE trace FROM '{scratch}'
-- functions, variables, scripts
CREATE FUNCTION trace AS 'java.lang.Runtime'
CREATE TEMPORARY FUNCTION trace AS 'java.lang.Runtime' USING JAR '{scratch}/x.jar'
CREATE FUNCTION trace(x INT) RETURNS INT RETURN x + 1
CREATE TEMPORARY FUNCTION trace() RETURNS STRING LANGUAGE PYTHON AS $$ return open('{secret}').read() $$
DROP FUNCTION IF EXISTS trace
DROP TEMPORARY FUNCTION IF EXISTS trace
DECLARE VARIABLE trace INT DEFAULT 1
DECLARE OR REPLACE trace = reflect('java.lang.System', 'getenv', 'HF_TOKEN')
SET VAR trace = 1
DROP TEMPORARY VARIABLE trace
EXECUTE IMMEDIATE 'DROP VIEW gold.model_impact'
EXECUTE IMMEDIATE 'SELECT 1'
BEGIN DROP VIEW gold.model_impact; END
BEGIN DECLARE x INT DEFAULT 1; SET x = 2; SELECT x; END
BEGIN SELECT 1; END
DECLARE trace CURSOR FOR SELECT 1
OPEN trace
FETCH trace INTO x
CLOSE trace
CALL spark_catalog.system.trace()
DESCRIBE PROCEDURE trace
SHOW PROCEDURES
-- settings
SET
SET -v
SET spark.sql.variable.substitute = true
SET spark.sql.extensions = trace
SET spark.sql.catalog.evil = trace
SET spark.sql.warehouse.dir
SET spark.app.name
SET spark.hadoop.fs.s3a.secret.key
SET hive.server2.authentication = NONE
SET hive.security.authorization.enabled = false
SET hivevar:trace = 1
SET hiveconf:trace = 1
SET system:user.home = '{scratch}'
SET env:HF_TOKEN
SET `spark.sql.variable.substitute` = `true`
SET ROLE admin
SET PATH = system.builtin
RESET spark.sql.variable.substitute
SELECT ${env:HF_TOKEN}
USE text
USE spark_catalog.evil
USE evil.gold
SET CATALOG evil
SELECT * FROM global_temp.trace
SELECT * FROM information_schema.tables
-- rights and transactions
GRANT SELECT ON gold.model_impact TO anyone
REVOKE ALL ON gold.model_impact FROM anyone
SHOW GRANT
LOCK TABLE gold.model_impact EXCLUSIVE
UNLOCK TABLE gold.model_impact
START TRANSACTION
COMMIT
ROLLBACK
-- commands of HiveServer2 and beeline
dfs -ls /
dfs -rm -r {warehouse}
!sh touch {scratch}/trace
! touch {scratch}/trace
compile `class Trace {}` AS GROOVY NAMED Trace
reload
crypto list_keys
erasure getPolicy --path /
source {secret}
add jars {scratch}/x.jar
delete jar x
list jars
quit
