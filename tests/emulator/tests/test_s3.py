"""S3 as boto3 sees it, and some of it as raw HTTP."""

from __future__ import annotations

import hashlib
import io
import os
import urllib.error
import urllib.request

import pytest
from botocore.auth import S3SigV4Auth, S3SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.config import Config
from botocore.credentials import Credentials
from botocore.exceptions import ClientError
from botocore.parsers import RestXMLParser

from local_aws import ACCESS_KEY, SECRET_KEY, READ_ONLY_KEYS, start_emulator, stop_emulator

STRANGE_KEYS = ["a//b", "/leading", "../up", "a/../b", "./dot", "sp ace", "plus+", "per%cent",
                "per%20cent", "q?uestion", "hash#", "amp&eq=", "é", "日本語/😀.csv", "trailing/",
                "quote'\"<>", "back\\slash", "tilde~", "x" * 1024, "semi;colon", "a=b:c@d,e",
                "new\nline", "tab\t"]


def code_of(error: pytest.ExceptionInfo) -> tuple[str, int]:
    answer = error.value.response
    return answer["Error"]["Code"], answer["ResponseMetadata"]["HTTPStatusCode"]


@pytest.mark.parametrize("key", STRANGE_KEYS)
def test_any_key_works(s3, bucket, key):
    s3.put_object(Bucket=bucket, Key=key, Body=key.encode())
    assert s3.get_object(Bucket=bucket, Key=key)["Body"].read() == key.encode()
    assert [o["Key"] for o in s3.list_objects_v2(Bucket=bucket)["Contents"]] == [key]
    s3.delete_object(Bucket=bucket, Key=key)
    assert s3.list_objects_v2(Bucket=bucket)["KeyCount"] == 0


def test_key_that_is_no_text(emulator, bucket):
    with pytest.raises(ClientError) as error:
        raw_get(emulator, "us-east-1", f"/{bucket}/%FF")
    assert code_of(error) == ("InvalidURI", 400)


def test_key_too_long(s3, bucket):
    with pytest.raises(ClientError) as error:
        s3.put_object(Bucket=bucket, Key="x" * 1025, Body=b"")
    assert code_of(error) == ("KeyTooLongError", 400)


def test_put_keeps_what_it_is_given(s3, bucket):
    made = s3.put_object(Bucket=bucket, Key="k.csv", Body=b"a,b\n", ContentType="text/csv",
                         CacheControl="no-cache", ContentEncoding="identity",
                         Metadata={"who": "me"}, Tagging="x=1&y=two")
    assert made["ETag"] == '"' + hashlib.md5(b"a,b\n").hexdigest() + '"'
    got = s3.get_object(Bucket=bucket, Key="k.csv")
    assert got["ContentType"] == "text/csv"
    assert got["CacheControl"] == "no-cache"
    assert got["ContentEncoding"] == "identity"
    assert got["Metadata"] == {"who": "me"}
    assert got["TagCount"] == 2
    assert got["ContentLength"] == 4
    head = s3.head_object(Bucket=bucket, Key="k.csv")
    assert (head["ContentLength"], head["ETag"]) == (4, made["ETag"])
    assert head["LastModified"] == got["LastModified"]


def test_overwrite_while_a_download_runs(s3, bucket):
    old, new = b"o" * 20_000_000, b"new"
    s3.put_object(Bucket=bucket, Key="k", Body=old)
    stream = s3.get_object(Bucket=bucket, Key="k")["Body"]
    first = stream.read(1000)
    s3.put_object(Bucket=bucket, Key="k", Body=new)
    assert first + stream.read() == old
    assert s3.get_object(Bucket=bucket, Key="k")["Body"].read() == new


RANGES = [("bytes=0-3", b"0123", "bytes 0-3/10"), ("bytes=7-", b"789", "bytes 7-9/10"),
          ("bytes=-2", b"89", "bytes 8-9/10"), ("bytes=5-100", b"56789", "bytes 5-9/10"),
          ("bytes=9-9", b"9", "bytes 9-9/10"), ("bytes=-100", b"0123456789", "bytes 0-9/10")]


@pytest.mark.parametrize("asked, body, content_range", RANGES)
def test_range(s3, bucket, asked, body, content_range):
    s3.put_object(Bucket=bucket, Key="k", Body=b"0123456789")
    got = s3.get_object(Bucket=bucket, Key="k", Range=asked)
    assert got["Body"].read() == body
    assert got["ContentRange"] == content_range
    assert got["ResponseMetadata"]["HTTPStatusCode"] == 206
    head = s3.head_object(Bucket=bucket, Key="k", Range=asked)
    assert head["ContentLength"] == len(body)


@pytest.mark.parametrize("asked", ["bytes=3-2", "bytes=0-1,4-5", "lines=1-2", "bytes=x-y"])
def test_range_not_understood_is_the_whole(s3, bucket, asked):
    s3.put_object(Bucket=bucket, Key="k", Body=b"0123456789")
    got = s3.get_object(Bucket=bucket, Key="k", Range=asked)
    assert got["Body"].read() == b"0123456789"
    assert got["ResponseMetadata"]["HTTPStatusCode"] == 200


@pytest.mark.parametrize("asked, size", [("bytes=10-", 10), ("bytes=10-12", 10), ("bytes=0-", 0),
                                         ("bytes=-0", 10)])
def test_range_outside(s3, bucket, asked, size):
    s3.put_object(Bucket=bucket, Key="k", Body=b"x" * size)
    with pytest.raises(ClientError) as error:
        s3.get_object(Bucket=bucket, Key="k", Range=asked)
    assert code_of(error) == ("InvalidRange", 416)
    assert error.value.response["Error"]["ActualObjectSize"] == str(size)


def test_conditions_on_get(s3, bucket):
    etag = s3.put_object(Bucket=bucket, Key="k", Body=b"0123456789")["ETag"]
    when = s3.head_object(Bucket=bucket, Key="k")["LastModified"]
    assert s3.get_object(Bucket=bucket, Key="k", IfMatch=etag)["Body"].read()
    assert s3.get_object(Bucket=bucket, Key="k", IfMatch=etag, Range="bytes=1-2")["Body"].read()
    assert s3.get_object(Bucket=bucket, Key="k", IfNoneMatch='"other"')["Body"].read()
    assert s3.get_object(Bucket=bucket, Key="k", IfUnmodifiedSince=when)["Body"].read()
    for condition, status in (({"IfMatch": '"other"'}, 412), ({"IfNoneMatch": etag}, 304),
                              ({"IfModifiedSince": when}, 304),
                              ({"IfUnmodifiedSince": when.replace(year=2000)}, 412)):
        with pytest.raises(ClientError) as error:
            s3.get_object(Bucket=bucket, Key="k", **condition)
        assert code_of(error)[1] == status, condition


def test_conditions_on_put(s3, bucket):
    etag = s3.put_object(Bucket=bucket, Key="k", Body=b"1", IfNoneMatch="*")["ETag"]
    with pytest.raises(ClientError) as error:
        s3.put_object(Bucket=bucket, Key="k", Body=b"2", IfNoneMatch="*")
    assert code_of(error) == ("PreconditionFailed", 412)
    with pytest.raises(ClientError) as error:
        s3.put_object(Bucket=bucket, Key="k", Body=b"2", IfMatch='"other"')
    assert code_of(error) == ("PreconditionFailed", 412)
    s3.put_object(Bucket=bucket, Key="k", Body=b"3", IfMatch=etag)
    assert s3.get_object(Bucket=bucket, Key="k")["Body"].read() == b"3"


def test_missing_things(s3, bucket):
    with pytest.raises(s3.exceptions.NoSuchKey) as error:
        s3.get_object(Bucket=bucket, Key="nothing")
    assert error.value.response["Error"]["Key"] == "nothing"
    assert error.value.response["ResponseMetadata"]["RequestId"]
    with pytest.raises(s3.exceptions.NoSuchBucket):
        s3.get_object(Bucket="no-such-bucket-here", Key="k")
    with pytest.raises(ClientError) as error:
        s3.head_object(Bucket=bucket, Key="nothing")
    assert code_of(error) == ("404", 404)
    with pytest.raises(ClientError) as error:
        s3.head_bucket(Bucket="no-such-bucket-here")
    assert code_of(error) == ("404", 404)


def fill(s3, bucket, keys):
    for key in keys:
        s3.put_object(Bucket=bucket, Key=key, Body=b"x")


def test_list_in_utf8_order_by_pages(s3, bucket):
    keys = ["a", "a/1", "a/2", "a0", "b c", "b+c", "ß", "日", "😀", "\uffee"]
    fill(s3, bucket, keys)
    pages = list(s3.get_paginator("list_objects_v2").paginate(
        Bucket=bucket, PaginationConfig={"PageSize": 3}))
    assert [len(p["Contents"]) for p in pages] == [3, 3, 3, 1]
    listed = [o["Key"] for p in pages for o in p["Contents"]]
    assert listed == sorted(keys, key=str.encode)


def test_list_by_folders(s3, bucket):
    fill(s3, bucket, ["a/1", "a/2", "a/b/3", "b", "c/4", "c/5", "d"])
    pages = list(s3.get_paginator("list_objects_v2").paginate(
        Bucket=bucket, Delimiter="/", PaginationConfig={"PageSize": 2}))
    assert [p["KeyCount"] for p in pages] == [2, 2]
    assert [c["Prefix"] for p in pages for c in p.get("CommonPrefixes", [])] == ["a/", "c/"]
    assert [o["Key"] for p in pages for o in p.get("Contents", [])] == ["b", "d"]
    inner = s3.list_objects_v2(Bucket=bucket, Prefix="a/", Delimiter="/")
    assert [c["Prefix"] for c in inner["CommonPrefixes"]] == ["a/b/"]
    assert [o["Key"] for o in inner["Contents"]] == ["a/1", "a/2"]


def test_list_start_after_and_owner(s3, bucket):
    fill(s3, bucket, ["a", "b", "c"])
    got = s3.list_objects_v2(Bucket=bucket, StartAfter="a", MaxKeys=1, FetchOwner=True)
    assert [o["Key"] for o in got["Contents"]] == ["b"]
    assert got["IsTruncated"] and got["Contents"][0]["Owner"]["ID"]
    assert s3.list_objects_v2(Bucket=bucket, MaxKeys=0)["KeyCount"] == 0
    with pytest.raises(ClientError) as error:
        s3.list_objects_v2(Bucket=bucket, ContinuationToken="nonsense")
    assert code_of(error) == ("InvalidArgument", 400)


def test_list_the_older_way(s3, bucket):
    fill(s3, bucket, ["a", "b/1", "b/2", "c"])
    listed = []
    for page in s3.get_paginator("list_objects").paginate(
            Bucket=bucket, Delimiter="/", PaginationConfig={"PageSize": 1}):
        listed += [c["Prefix"] for c in page.get("CommonPrefixes", [])]
        listed += [o["Key"] for o in page.get("Contents", [])]
    assert listed == ["a", "b/", "c"]


def test_list_versions(s3, bucket):
    fill(s3, bucket, ["a", "b"])
    got = s3.list_object_versions(Bucket=bucket)
    assert [(v["Key"], v["VersionId"], v["IsLatest"]) for v in got["Versions"]] == [
        ("a", "null", True), ("b", "null", True)]


def test_delete_many(s3, bucket):
    fill(s3, bucket, ["a", "b", "c&<d>"])
    got = s3.delete_objects(Bucket=bucket, Delete={"Objects": [
        {"Key": k} for k in ("a", "c&<d>", "not there")]})
    assert [d["Key"] for d in got["Deleted"]] == ["a", "c&<d>", "not there"]
    assert [o["Key"] for o in s3.list_objects_v2(Bucket=bucket)["Contents"]] == ["b"]
    quiet = s3.delete_objects(Bucket=bucket, Delete={"Quiet": True, "Objects": [{"Key": "b"}]})
    assert "Deleted" not in quiet


def test_copy(s3, bucket):
    s3.put_object(Bucket=bucket, Key="from é+", Body=b"data", Metadata={"m": "1"},
                  ContentType="text/plain", Tagging="t=1")
    s3.copy_object(Bucket=bucket, Key="to", CopySource={"Bucket": bucket, "Key": "from é+"})
    got = s3.get_object(Bucket=bucket, Key="to")
    assert (got["Body"].read(), got["Metadata"], got["ContentType"]) == (
        b"data", {"m": "1"}, "text/plain")
    s3.copy_object(Bucket=bucket, Key="to", CopySource={"Bucket": bucket, "Key": "to"},
                   MetadataDirective="REPLACE", Metadata={"m": "2"})
    assert s3.head_object(Bucket=bucket, Key="to")["Metadata"] == {"m": "2"}
    assert s3.get_object_tagging(Bucket=bucket, Key="to")["TagSet"] == [{"Key": "t", "Value": "1"}]
    with pytest.raises(ClientError) as error:
        s3.copy_object(Bucket=bucket, Key="to", CopySource={"Bucket": bucket, "Key": "to"})
    assert code_of(error) == ("InvalidRequest", 400)
    with pytest.raises(ClientError) as error:
        s3.copy_object(Bucket=bucket, Key="x", CopySource={"Bucket": bucket, "Key": "nothing"})
    assert code_of(error) == ("NoSuchKey", 404)
    with pytest.raises(ClientError) as error:
        s3.copy_object(Bucket=bucket, Key="x", CopySource={"Bucket": bucket, "Key": "to"},
                       CopySourceIfMatch='"other"')
    assert code_of(error) == ("PreconditionFailed", 412)


def test_multipart(s3, bucket):
    first, last = os.urandom(5 << 20), b"the end"
    upload = s3.create_multipart_upload(Bucket=bucket, Key="big", ContentType="x/y",
                                        Metadata={"a": "b"})["UploadId"]
    etags = {n: s3.upload_part(Bucket=bucket, Key="big", UploadId=upload, PartNumber=n,
                               Body=body)["ETag"] for n, body in ((7, last), (2, first))}
    assert [u["Key"] for u in s3.list_multipart_uploads(Bucket=bucket)["Uploads"]] == ["big"]
    parts = s3.list_parts(Bucket=bucket, Key="big", UploadId=upload)["Parts"]
    assert [(p["PartNumber"], p["Size"]) for p in parts] == [(2, len(first)), (7, len(last))]
    done = s3.complete_multipart_upload(Bucket=bucket, Key="big", UploadId=upload, MultipartUpload={
        "Parts": [{"PartNumber": n, "ETag": etags[n]} for n in (2, 7)]})
    digests = hashlib.md5(first).digest() + hashlib.md5(last).digest()
    assert done["ETag"] == f'"{hashlib.md5(digests).hexdigest()}-2"'
    got = s3.get_object(Bucket=bucket, Key="big")
    assert got["Body"].read() == first + last
    assert (got["ContentType"], got["Metadata"]) == ("x/y", {"a": "b"})
    assert "Uploads" not in s3.list_multipart_uploads(Bucket=bucket)
    with pytest.raises(ClientError) as error:
        s3.list_parts(Bucket=bucket, Key="big", UploadId=upload)
    assert code_of(error) == ("NoSuchUpload", 404)


def test_multipart_mistakes(s3, bucket):
    key = "big"
    upload = s3.create_multipart_upload(Bucket=bucket, Key=key)["UploadId"]
    one, two = (s3.upload_part(Bucket=bucket, Key=key, UploadId=upload, PartNumber=n,
                               Body=b"small")["ETag"] for n in (1, 2))
    for parts, code in (([(2, two), (1, one)], "InvalidPartOrder"), ([(3, one)], "InvalidPart"),
                        ([(1, '"wrong"')], "InvalidPart"),
                        ([(1, one), (2, two)], "EntityTooSmall")):
        with pytest.raises(ClientError) as error:
            s3.complete_multipart_upload(
                Bucket=bucket, Key=key, UploadId=upload, MultipartUpload={
                    "Parts": [{"PartNumber": n, "ETag": e} for n, e in parts]})
        assert code_of(error)[0] == code
    s3.abort_multipart_upload(Bucket=bucket, Key=key, UploadId=upload)
    assert "Contents" not in s3.list_objects_v2(Bucket=bucket)


def test_copy_parts(s3, bucket):
    body = os.urandom(6 << 20)
    s3.put_object(Bucket=bucket, Key="from", Body=body)
    upload = s3.create_multipart_upload(Bucket=bucket, Key="to")["UploadId"]
    parts = []
    for number, span in ((1, f"bytes=0-{(5 << 20) - 1}"), (2, f"bytes={5 << 20}-{len(body) - 1}")):
        made = s3.upload_part_copy(Bucket=bucket, Key="to", UploadId=upload, PartNumber=number,
                                   CopySource={"Bucket": bucket, "Key": "from"},
                                   CopySourceRange=span)
        parts.append({"PartNumber": number, "ETag": made["CopyPartResult"]["ETag"]})
    with pytest.raises(ClientError) as error:
        s3.upload_part_copy(Bucket=bucket, Key="to", UploadId=upload, PartNumber=3,
                            CopySource={"Bucket": bucket, "Key": "from"},
                            CopySourceRange=f"bytes=0-{len(body)}")
    assert code_of(error) == ("InvalidArgument", 400)
    s3.complete_multipart_upload(Bucket=bucket, Key="to", UploadId=upload,
                                 MultipartUpload={"Parts": parts})
    assert s3.get_object(Bucket=bucket, Key="to")["Body"].read() == body


def test_transfer_of_a_large_file(s3, bucket, tmp_path):
    source = tmp_path / "source"
    source.write_bytes(os.urandom(20 << 20))
    s3.upload_file(str(source), bucket, "large.parquet")
    s3.download_file(bucket, "large.parquet", str(tmp_path / "target"))
    assert (tmp_path / "target").read_bytes() == source.read_bytes()


def test_tags(s3, bucket):
    s3.put_object(Bucket=bucket, Key="k", Body=b"")
    tags = [{"Key": "a", "Value": "1"}, {"Key": "b", "Value": ""}]
    s3.put_object_tagging(Bucket=bucket, Key="k", Tagging={"TagSet": tags})
    assert s3.get_object_tagging(Bucket=bucket, Key="k")["TagSet"] == tags
    s3.delete_object_tagging(Bucket=bucket, Key="k")
    assert s3.get_object_tagging(Bucket=bucket, Key="k")["TagSet"] == []
    s3.put_bucket_tagging(Bucket=bucket, Tagging={"TagSet": tags})
    assert s3.get_bucket_tagging(Bucket=bucket)["TagSet"] == tags


def test_acl(s3, bucket):
    s3.put_object(Bucket=bucket, Key="k", Body=b"")
    assert len(s3.get_object_acl(Bucket=bucket, Key="k")["Grants"]) == 1
    s3.put_object_acl(Bucket=bucket, Key="k", ACL="public-read")
    grants = s3.get_object_acl(Bucket=bucket, Key="k")["Grants"]
    assert [g["Permission"] for g in grants] == ["FULL_CONTROL", "READ"]
    s3.put_bucket_acl(Bucket=bucket, ACL="public-read")
    assert len(s3.get_bucket_acl(Bucket=bucket)["Grants"]) == 2


def test_buckets(s3, bucket):
    assert bucket in [b["Name"] for b in s3.list_buckets()["Buckets"]]
    assert s3.head_bucket(Bucket=bucket)["BucketRegion"] == "us-east-1"
    assert s3.get_bucket_location(Bucket=bucket)["LocationConstraint"] is None
    s3.put_object(Bucket=bucket, Key="k", Body=b"")
    with pytest.raises(ClientError) as error:
        s3.delete_bucket(Bucket=bucket)
    assert code_of(error) == ("BucketNotEmpty", 409)
    s3.delete_object(Bucket=bucket, Key="k")
    s3.delete_bucket(Bucket=bucket)
    assert bucket not in [b["Name"] for b in s3.list_buckets()["Buckets"]]
    with pytest.raises(ClientError) as error:
        s3.create_bucket(Bucket="Not_Valid")
    assert code_of(error) == ("InvalidBucketName", 400)


def test_expected_owner_and_requester_pays(s3, bucket):
    s3.put_object(Bucket=bucket, Key="k", Body=b"x", RequestPayer="requester")
    assert s3.head_object(Bucket=bucket, Key="k", ExpectedBucketOwner="123456789012")
    with pytest.raises(ClientError) as error:
        s3.get_object(Bucket=bucket, Key="k", ExpectedBucketOwner="999999999999")
    assert code_of(error) == ("AccessDenied", 403)


def test_buckets_of_others(emulator, s3):
    """Of another account, and where the requester pays."""
    emulator.control("POST", "buckets", {"name": "theirs", "owner": "210987654321",
                                         "requester_pays": True})
    s3.put_object(Bucket="theirs", Key="k", Body=b"x", RequestPayer="requester")
    for refused in ({}, {"RequestPayer": "requester", "ExpectedBucketOwner": "123456789012"}):
        with pytest.raises(ClientError) as error:
            s3.get_object(Bucket="theirs", Key="k", **refused)
        assert code_of(error) == ("AccessDenied", 403)
    s3.get_object(Bucket="theirs", Key="k", RequestPayer="requester",
                  ExpectedBucketOwner="210987654321")


def test_bucket_in_another_region(emulator, s3, bucket):
    there = bucket + "-eu"
    s3.create_bucket(Bucket=there, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    eu = emulator.client("s3", region="eu-west-1")
    eu.put_object(Bucket=there, Key="k", Body=b"x")
    assert s3.get_bucket_location(Bucket=there)["LocationConstraint"] == "eu-west-1"
    # Signed for the endpoint's region: a redirect, which boto3 follows by itself.
    assert s3.get_object(Bucket=there, Key="k")["Body"].read() == b"x"
    assert emulator.stats()["errors"]["s3.PermanentRedirect"] >= 1
    # Signed for a third region: the scope is wrong, and the answer says which is right.
    with pytest.raises(ClientError) as error:
        raw_get(emulator, "ap-south-1", f"/{there}/k")
    assert code_of(error) == ("AuthorizationHeaderMalformed", 400)
    assert error.value.response["Error"]["Region"] == "eu-west-1"


def raw_get(emulator, region, path):
    """A signed GET without boto3's own handling of regions. Raises ClientError like boto3."""
    request = AWSRequest("GET", emulator.url + path)
    S3SigV4Auth(Credentials(ACCESS_KEY, SECRET_KEY), "s3", region).add_auth(request)
    plain = urllib.request.Request(request.url, headers=dict(request.headers))
    try:
        return urllib.request.urlopen(plain).read()
    except urllib.error.HTTPError as error:
        parsed = RestXMLParser().parse({"status_code": error.code, "body": error.read(),
                                        "headers": dict(error.headers)}, None)
        raise ClientError(parsed, "GetObject") from None


@pytest.mark.parametrize("host", ["{}.localhost", "{}.s3.localhost", "{}.127.0.0.1.nip.io",
                                  "{}.s3.us-east-1.amazonaws.com"])
def test_virtual_host_style(emulator, s3, bucket, host):
    s3.put_object(Bucket=bucket, Key="a b/k", Body=b"x")
    name = f"{host.format(bucket)}:{emulator.port}"
    request = AWSRequest("GET", f"http://{name}/a%20b/k")
    S3SigV4QueryAuth(Credentials(ACCESS_KEY, SECRET_KEY), "s3", "us-east-1").add_auth(request)
    url = request.url.replace(f"http://{name}", emulator.url)
    got = urllib.request.urlopen(urllib.request.Request(url, headers={"Host": name}))
    assert got.read() == b"x"


def test_presigned_urls(emulator, bucket):
    s3 = emulator.client("s3", config=Config(signature_version="s3v4"))
    url = s3.generate_presigned_url("put_object", {"Bucket": bucket, "Key": "p +é"})
    urllib.request.urlopen(urllib.request.Request(url, data=b"sent", method="PUT",
                                                  headers={"Content-Type": ""}))
    url = s3.generate_presigned_url("get_object", {
        "Bucket": bucket, "Key": "p +é", "ResponseContentType": "text/css"})
    got = urllib.request.urlopen(url)
    assert (got.read(), got.headers["Content-Type"]) == (b"sent", "text/css")
    with pytest.raises(urllib.error.HTTPError) as error:
        urllib.request.urlopen(url.replace("text%2Fcss", "text%2Fhtml"))
    assert b"<Code>SignatureDoesNotMatch</Code>" in error.value.read()


def test_presigned_by_the_old_signature(emulator, bucket):
    s3 = emulator.client("s3", config=Config(signature_version="s3"))
    url = s3.generate_presigned_url("get_object", {"Bucket": bucket, "Key": "k"})
    with pytest.raises(urllib.error.HTTPError) as error:
        urllib.request.urlopen(url)
    assert b"Please use AWS4-HMAC-SHA256" in error.value.read()


def test_read_only_key(emulator, s3, bucket):
    s3.put_object(Bucket=bucket, Key="k", Body=b"x")
    reader = emulator.client("s3", keys=READ_ONLY_KEYS)
    assert reader.get_object(Bucket=bucket, Key="k")["Body"].read() == b"x"
    for call in (lambda: reader.put_object(Bucket=bucket, Key="k", Body=b"y"),
                 lambda: reader.delete_object(Bucket=bucket, Key="k"),
                 lambda: reader.create_multipart_upload(Bucket=bucket, Key="k")):
        with pytest.raises(ClientError) as error:
            call()
        assert code_of(error) == ("AccessDenied", 403)
    answer = reader.delete_objects(Bucket=bucket, Delete={"Objects": [{"Key": "k"}]})
    assert answer["Errors"][0]["Code"] == "AccessDenied"
    assert s3.get_object(Bucket=bucket, Key="k")["Body"].read() == b"x"


def test_checksums(s3, bucket):
    with pytest.raises(ClientError) as error:
        s3.put_object(Bucket=bucket, Key="k", Body=b"abc", ContentMD5="1B2M2Y8AsgTpgAmY7PhCfg==")
    assert code_of(error) == ("BadDigest", 400)
    with pytest.raises(ClientError) as error:
        s3.put_object(Bucket=bucket, Key="k", Body=b"abc", ChecksumSHA256="A" * 43 + "=")
    assert code_of(error) == ("BadDigest", 400)
    s3.put_object(Bucket=bucket, Key="k", Body=b"abc", ChecksumAlgorithm="SHA256")
    got = s3.get_object(Bucket=bucket, Key="k", ChecksumMode="ENABLED")
    assert got["ChecksumSHA256"] and got["Body"].read() == b"abc"
    assert s3.list_objects_v2(Bucket=bucket)["KeyCount"] == 1


def test_not_implemented_and_not_allowed(s3, bucket):
    with pytest.raises(ClientError) as error:
        s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    assert code_of(error) == ("NotImplemented", 501)
    with pytest.raises(ClientError) as error:
        s3.restore_object(Bucket=bucket, Key="k", RestoreRequest={"Days": 1})
    assert code_of(error) == ("NotImplemented", 501)


def test_objects_survive_a_restart(tmp_path):
    first = start_emulator(tmp_path, "--no-sample-data")
    try:
        s3 = first.client("s3")
        s3.create_bucket(Bucket="kept")
        s3.put_object(Bucket="kept", Key="//k", Body=b"x", Metadata={"a": "b"})
        s3.put_object(Bucket="kept", Key="gone", Body=b"x")
        s3.delete_object(Bucket="kept", Key="gone")
        upload = s3.create_multipart_upload(Bucket="kept", Key="m")["UploadId"]
        etag = s3.upload_part(Bucket="kept", Key="m", UploadId=upload, PartNumber=1,
                              Body=b"part")["ETag"]
    finally:
        stop_emulator(first)
    (tmp_path / "s3" / "tmp" / "half-written").write_bytes(b"x")
    second = start_emulator(tmp_path, "--no-sample-data")
    try:
        s3 = second.client("s3")
        got = s3.get_object(Bucket="kept", Key="//k")
        assert (got["Body"].read(), got["Metadata"]) == (b"x", {"a": "b"})
        s3.complete_multipart_upload(Bucket="kept", Key="m", UploadId=upload, MultipartUpload={
            "Parts": [{"PartNumber": 1, "ETag": etag}]})
        assert s3.get_object(Bucket="kept", Key="m")["Body"].read() == b"part"
        assert [o["Key"] for o in s3.list_objects_v2(Bucket="kept")["Contents"]] == ["//k", "m"]
    finally:
        stop_emulator(second)
    assert not list((tmp_path / "s3" / "tmp").iterdir())


def test_tls(tmp_path):
    server = start_emulator(tmp_path / "data", "--no-sample-data", "--tls", str(tmp_path / "tls"))
    try:
        assert server.url.startswith("https://")
        s3 = server.client("s3", verify=str(tmp_path / "tls" / "ca.pem"))
        s3.create_bucket(Bucket="secure")
        body = os.urandom(3 << 20)
        # Over TLS boto3 sends streams in the aws-chunked coding, with a trailing checksum.
        s3.upload_fileobj(io.BytesIO(body), "secure", "k")
        assert s3.get_object(Bucket="secure", Key="k")["Body"].read() == body
        with pytest.raises(Exception, match="CERTIFICATE_VERIFY_FAILED"):
            server.client("s3").list_buckets()
        local = server.client("s3", endpoint_url=f"https://localhost:{server.port}",
                              verify=str(tmp_path / "tls" / "ca.pem"),
                              config=Config(s3={"addressing_style": "path"}))
        assert "secure" in [b["Name"] for b in local.list_buckets()["Buckets"]]
    finally:
        stop_emulator(server)
