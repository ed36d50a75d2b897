// The JSON bodies of TTD's API. Decoding is lenient where an answer may differ from what was seen,
// and strict where a wrong guess would send a list to the wrong place: ids are never made up, and a
// list entry that cannot be read fails the page, because passing over it could create its twin.

extension TradeDesk {
    /// What the rows of a drop are: TTD classes a row of the other kind invalid and says nothing.
    package enum PIIType: String, CaseIterable, Encodable, Sendable {
        case email = "Email"
        case hashedEmail = "EmailHashedUnifiedId2"
    }

    /// Asks for a new segment; its name and region stay as they are for life.
    package struct SegmentCreation: Encodable, Equatable, Sendable {
        package var advertiserID: String
        package var segmentName: String
        package var region: String

        package init(advertiserID: String, segmentName: String, region: String) {
            self.advertiserID = advertiserID
            self.segmentName = segmentName
            self.region = region
        }

        private enum CodingKeys: String, CodingKey {
            case advertiserID = "AdvertiserId"
            case segmentName = "SegmentName"
            case region = "Region"
        }
    }

    /// The ids of a segment that was just created.
    package struct SegmentCreated: Codable, Equatable, Sendable {
        package var crmDataID: String
        package var firstPartyDataID: Int64?

        package init(crmDataID: String, firstPartyDataID: Int64?) {
            self.crmDataID = crmDataID
            self.firstPartyDataID = firstPartyDataID
        }

        package init(from decoder: any Decoder) throws {
            let object = try decoder.container(keyedBy: CodingKeys.self)
            crmDataID = try object.identifier(forKey: .crmDataID)
            firstPartyDataID = object.number(forKey: .firstPartyDataID)
        }

        private enum CodingKeys: String, CodingKey {
            case crmDataID = "CrmDataId"
            case firstPartyDataID = "FirstPartyDataId"
        }
    }

    /// Asks where the next full list of a segment may be uploaded.
    package struct DropOpening: Encodable, Equatable, Sendable {
        package var piiType: PIIType
        package var mergeMode: String

        /// A drop that replaces what the segment holds.
        package init(piiType: PIIType) {
            self.piiType = piiType
            mergeMode = TradeDesk.replace
        }

        private enum CodingKeys: String, CodingKey {
            case piiType = "PiiType"
            case mergeMode = "MergeMode"
        }
    }

    /// An open drop: `url` is a credential, is short-lived and is never written anywhere.
    package struct DropOpened: Codable, Equatable, Sendable {
        package var url: String
        package var referenceID: String

        package init(url: String, referenceID: String) {
            self.url = url
            self.referenceID = referenceID
        }

        package init(from decoder: any Decoder) throws {
            let object = try decoder.container(keyedBy: CodingKeys.self)
            url = try object.decode(String.self, forKey: .url)
            referenceID = try object.identifier(forKey: .referenceID)
        }

        private enum CodingKeys: String, CodingKey {
            case url = "Url"
            case referenceID = "ReferenceId"
        }
    }

    /// One page of an advertiser's segments; the first page without any ends the list.
    package struct SegmentList: Codable, Equatable, Sendable {
        /// Nil where the answer had none, which is not an empty page but no list at all.
        package var segments: [SegmentEntry]?
        package var pagingToken: String?

        package init(segments: [SegmentEntry]?, pagingToken: String?) {
            self.segments = segments
            self.pagingToken = pagingToken
        }

        /// An empty `PagingToken` is written as null, as TTD does.
        package func encode(to encoder: any Encoder) throws {
            var object = encoder.container(keyedBy: CodingKeys.self)
            try object.encode(segments, forKey: .segments)
            try object.encode(pagingToken, forKey: .pagingToken)
        }

        private enum CodingKeys: String, CodingKey {
            case segments = "Segments"
            case pagingToken = "PagingToken"
        }
    }

    /// A segment as the list shows it; several may have one name.
    package struct SegmentEntry: Codable, Equatable, Sendable {
        package var crmDataID: String
        package var segmentName: String
        package var region: String
        package var firstPartyDataID: Int64?

        package init(
            crmDataID: String, segmentName: String, region: String, firstPartyDataID: Int64?
        ) {
            self.crmDataID = crmDataID
            self.segmentName = segmentName
            self.region = region
            self.firstPartyDataID = firstPartyDataID
        }

        package init(from decoder: any Decoder) throws {
            let object = try decoder.container(keyedBy: CodingKeys.self)
            crmDataID = try object.identifier(forKey: .crmDataID)
            segmentName = try object.decode(String.self, forKey: .segmentName)
            region = try object.decode(String.self, forKey: .region)
            firstPartyDataID = object.number(forKey: .firstPartyDataID)
        }

        private enum CodingKeys: String, CodingKey {
            case crmDataID = "CrmDataId"
            case segmentName = "SegmentName"
            case region = "Region"
            case firstPartyDataID = "FirstPartyDataId"
        }
    }
}

extension Unicode.Scalar {
    /// Whether it shows, or is a plain space.
    fileprivate var isSeen: Bool {
        switch properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .unassigned: false
        default: true
        }
    }
}

extension KeyedDecodingContainer {
    /// An id that can stand in a path and be shown: not empty, at most 128 bytes, no step to another
    /// folder, and without what steers terminals, begins lines or is not seen.
    fileprivate func identifier(forKey key: Key) throws -> String {
        let text = try decode(String.self, forKey: key)
        guard (1...128).contains(text.utf8.count), text != ".", text != "..",
            text.unicodeScalars.allSatisfy(\.isSeen)
        else {
            throw DecodingError.dataCorruptedError(
                forKey: key, in: self, debugDescription: "no id that can stand in a path")
        }
        return text
    }

    /// A whole number, also where it stands in quotes; it is for people only, so anything else is
    /// nil.
    fileprivate func number(forKey key: Key) -> Int64? {
        // Another type than expected is no reason to lose the id beside it.
        if let number = try? decode(Int64.self, forKey: key) { return number }
        guard let text = try? decode(String.self, forKey: key) else { return nil }
        return Int64(text)
    }
}
