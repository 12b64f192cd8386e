"""Labels the rows of a Parquet table with Spark, from Parquet to Parquet.

    spark-submit spark_job.py s3a://archive/paragraphs/ s3a://archive/labelled/ --doc doc --index index

With --articles each row is an article. See the README for how to ship the package to the workers.
"""

import argparse

from pyspark.sql import SparkSession

import pyrhetor.spark


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("input", help="a Parquet file or folder")
    parser.add_argument("output", help="the folder for the labelled rows")
    parser.add_argument("--text", default="text", help="the column with the text (default: text)")
    parser.add_argument("--doc", help="the column with the article of a paragraph")
    parser.add_argument("--index", help="the column with the number of the paragraph in its article")
    parser.add_argument("--articles", action="store_true", help="each row is an article")
    parser.add_argument("--model", help="a model file that exists on every worker")
    args = parser.parse_args()

    spark = SparkSession.builder.appName("pyrhetor").getOrCreate()
    rows = spark.read.parquet(args.input)
    if args.articles:
        labelled = pyrhetor.spark.articles(rows, text=args.text, model=args.model)
    else:
        if args.doc:
            keys = [args.doc] + ([args.index] if args.index else [])
            rows = rows.repartition(args.doc).sortWithinPartitions(*keys)
        labelled = pyrhetor.spark.score(rows, text=args.text, doc=args.doc, index=args.index, model=args.model)
    labelled.write.parquet(args.output)
    spark.stop()


if __name__ == "__main__":
    main()
