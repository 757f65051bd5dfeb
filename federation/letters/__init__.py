"""The post office: what crosses a border crosses it here, as a frozen, addressed, receipted letter."""
