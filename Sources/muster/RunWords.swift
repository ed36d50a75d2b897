import MusterClient

extension Run {
    /// The state as the protocol words it, with the step while it is under way.
    var stateWord: String {
        let word = state?.rawValue ?? json["state"]?.string ?? "?"
        return step.map { "\(word) (\($0))" } ?? word
    }

    /// One line for a list of facts.
    var summary: String {
        let members = count.map { ", \($0.counted("member"))" } ?? ""
        let why = (reason ?? failureClass).map { " (\($0))" } ?? ""
        let time = (endedAt ?? startedAt).map { ", \($0.readableTime)" } ?? ""
        return "run \(id) \(stateWord)\(why)\(members)\(time)"
    }

    /// One line for each thing that happens to a run that is waited for.
    var progress: String {
        let members = count.map { ": \($0.counted("member"))" } ?? ""
        let size = bytes.map { ", \($0.size)" } ?? ""
        return "run \(id) \(stateWord)\(members)\(size)"
    }
}
