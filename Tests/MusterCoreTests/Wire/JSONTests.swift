import MusterCore
import Testing

@Suite
struct JSONTests {
    @Test
    func `a value answers for its own kind only`() {
        let values: [JSON] = [nil, true, 1, "a", [2], ["b": 3]]
        #expect(values.map(\.bool) == [nil, true, nil, nil, nil, nil])
        #expect(values.map(\.integer) == [nil, nil, 1, nil, nil, nil])
        #expect(values.map(\.string) == [nil, nil, nil, "a", nil, nil])
        #expect(values.map(\.array) == [nil, nil, nil, nil, [2], nil])
        #expect(values.map(\.object) == [nil, nil, nil, nil, nil, ["b": 3]])
    }

    @Test
    func `an object keeps the order of its members`() {
        var object: JSONObject = ["b": 1, "a": 2, "c": 3]
        object["a"] = 9
        object["d"] = 4
        object["b"] = JSON?.none
        object["z"] = JSON?.none
        #expect(object == ["a": 9, "c": 3, "d": 4])
        #expect(object.members.map(\.name) == ["a", "c", "d"])
    }

    @Test
    func `objects in another order are not equal`() {
        let one: JSON = ["a": 1, "b": 2]
        #expect(one != ["b": 2, "a": 1])
        #expect(one == ["a": 1, "b": 2])
        #expect(one.hashValue == (["a": 1, "b": 2] as JSON).hashValue)
    }
}
