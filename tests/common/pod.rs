//! The Pod that a window opens.

/// One container, and a comment that is to stay.
pub const POD: &str = "\
apiVersion: v1
kind: Pod
metadata:
  name: web
spec:
  containers:
  - name: app # mine
    image: nginx:1.27
";
