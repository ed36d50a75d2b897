/// What `--help` says beyond the options: what is known of TTD, and what this program made up.
enum Help {
    static let text = """
        It prints one line, 'listening on http://HOST:PORT/v3', and ends with 0 on SIGTERM or \
        SIGINT. Everything is held in memory. Nothing is sent to TTD.

        KNOWN OF TTD (documented, or seen in programs that use its API)
          GET    /v3/crmdata/segment/ADVERTISER[?pagingToken=T]
                 the list, ended by an empty page
          POST   /v3/crmdata/segment, /v3/crmdata/targeting/segment
                 create a segment; names may repeat
          POST   /v3/crmdata/[targeting/]segment/ADVERTISER/ID
                 open a drop, which gives Url and ReferenceId
          GET    the same: segment status, which fails until it was filled
          GET    the same/REFERENCE: drop status
          DELETE /v3/crmdata/segment/ADVERTISER/ID
          PUT    Url: the upload, with Content-Length and without TTD-Auth
        The names of properties; regions US, EU, APAC; PiiType Email and \
        EmailHashedUnifiedId2; MergeMode Replace. A bad or missing token is answered 403 with \
        TTD's text, a bad property 400 with ErrorDetails, no access or no such thing 403. Unknown \
        properties (RetentionEnabled too) pass unless the request has TTD-Strict-Mode: true. \
        x-ttd-request-id in answers. The upload URL looks like a presigned S3 URL that signs \
        nothing but the host, and errors of an upload are XML.

        CHOSEN HERE (TTD may do otherwise)
        The signature: HMAC-SHA256 of method, host, path and query under a key of this process. \
        The order of checks, the words of messages but the token's, the form of paging tokens, the \
        status of a never filled segment (404) and of a delete (204). The answers of drop and segment \
        status: their properties are not public, so they are called Sandbox... here. An upload URL may \
        be used again until it expires. An upload with TTD-Auth, Authorization, a cookie or an x-amz- \
        header is refused 403, one without Content-Length 411, one over 5 GiB 400. No rate limit but \
        --fault. At most 10000 segments, and 1000 drops of each are remembered.

        LOOKING AT WHAT ARRIVED (no token, never part of TTD)
          GET /inspect
                 requests by route, problems, faults, segments with their drops
          GET /inspect/segments/ID/rows
                 the rows of the last accepted drop

        FAULTS, each --fault 'METHOD PATH COUNT ANSWER'
        METHOD may be *. PATH matches what begins with it, up to a slash; a step may be *; $ at \
        the end stands for nothing more. COUNT is a number or 'always'. The first rule that matches \
        and is not used up decides. ANSWER is one of
          STATUS[:TEXT]  300 to 599, not carried out; TEXT is Retry-After, or
                         Location for 3xx
          dead-token     403 with TTD's text, not carried out
          reset          the connection is reset, not carried out
          lost           carried out, then reset without an answer
          hang           no answer, not carried out
          slow:SECONDS   carried out after a wait
          cut            carried out, half of the answer's body
          pass           carried out as usual
        Examples:
          --fault 'PUT /upload 2 503'
          --fault 'GET /v3/crmdata/segment/*$ 1 429:0.5'
          --fault 'POST /v3/crmdata/targeting/segment 1 lost'
        """
}
